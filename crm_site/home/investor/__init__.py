"""The page of one investor, and what is done from it."""
