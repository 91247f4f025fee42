"""From a sentence to drafts: small steps, each with its own input, output, confidence and duration. Writes nothing."""
