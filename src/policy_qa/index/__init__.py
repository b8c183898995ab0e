"""Provisions and passages on disk: generations that are written whole, verified when read, and replaced in one step."""
