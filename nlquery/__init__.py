"""Asking: a question becomes a named intent with typed slots, and nothing else ever reaches the database."""
