"""Data that ships with the package: word lists, the glossary, fitted weights."""
