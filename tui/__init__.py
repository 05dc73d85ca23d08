"""The terminal UI. Not built yet; see ARCHITECTURE.md."""
