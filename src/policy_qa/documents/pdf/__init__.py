"""pdf: what a reader sees on paper, with the page on which each paragraph begins."""
