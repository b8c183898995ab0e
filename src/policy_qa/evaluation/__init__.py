"""Question sets: figures by category, rows before means."""
