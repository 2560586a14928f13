"""Read PDF files: characters, drawn lines and pictures of pages."""
