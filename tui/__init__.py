"""The terminal UI. Not built yet; ARCHITECTURE.md says what will live here."""
