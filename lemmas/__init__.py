"""The lemma library: certified proofs, kept in SQLite. Not built yet; see ARCHITECTURE.md."""
