"""The bot's own process: reads the rooms, has what it read decided, sends what the outbox holds."""
