"""An embedding model adapted to a school's own questions, kept only where it finds more than before."""
