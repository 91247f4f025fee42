"""Records that may be one: the queue, side by side, merging, and taking merges back."""
