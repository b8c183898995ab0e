"""Question -> articles, each with the probability that it answers."""
