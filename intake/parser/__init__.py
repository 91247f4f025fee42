"""The reading half of intake: text in, ParsedMessage out. Nothing here touches the database or the network."""
