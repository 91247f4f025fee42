"""The Matrix bot: stores what the rooms say, has it decided by the same services as the web, sends what the outbox holds."""
