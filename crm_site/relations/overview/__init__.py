"""What is known of one investor, read across the nouns: for its page, and for whoever asks over MCP. Writes nothing."""
