"""From a sentence to an approved write."""
