"""A turn of a conversation -> the points in it, each of a kind, each answered or said to be open."""
