"""Citations of provisions by number: clean, find, resolve, annotate."""
