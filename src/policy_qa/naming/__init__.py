"""Names lead to documents: institutions, titles, numbers, instruments inside a file, and names that are not on file."""
