"""The bot against a real homeserver, as people in its rooms meet it. Texts are checked only where the text is the point."""
