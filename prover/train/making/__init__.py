"""Making problems: families of definitions drawn from schemas and at random, and what may hold of them."""
