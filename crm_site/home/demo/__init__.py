"""A synthetic raise: invented firms and people on reserved domains and numbers, and two years of what was said."""
