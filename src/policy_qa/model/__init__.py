"""Quotations -> sentences that a language model writes, each checked against the text before it is shown."""
