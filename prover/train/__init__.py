"""Learning from proofs: problems to practise on, what searches for them tried, and models fitted to that."""
