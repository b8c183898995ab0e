"""Retrieval -> answer: quotations with their provisions, or a refusal."""
