"""The prover beside an editor (`server`, the Language Server Protocol) and beside an assistant (`mcp`)."""
