"""PDF pages to pictures and native characters."""
