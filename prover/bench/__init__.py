"""What the prover promises of speed and of endurance, measured on this machine."""
