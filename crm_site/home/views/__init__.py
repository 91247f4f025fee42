"""The pages that read across nouns: each view parses, makes one call, renders."""
