"""The review desk: pages in Chinese for who checks what was read, and looks at an archive as a whole."""
