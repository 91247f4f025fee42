"""Merging two records of one thing, and taking it back: what moves, what clashes, and how each step is noted."""
