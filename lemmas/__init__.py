"""The lemma library: certified proofs, kept in SQLite. Not built yet; ARCHITECTURE.md says what will live here."""
