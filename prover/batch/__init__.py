"""A night: many holes, many small searches, kept as they end, and read in the morning."""
