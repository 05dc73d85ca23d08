"""The morning report of a night, as a page, as Markdown and as JSON."""
