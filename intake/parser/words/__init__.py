"""Word lists of the grammar parser: what a name is made of, and what is never a name."""
