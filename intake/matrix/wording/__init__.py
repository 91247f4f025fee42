"""What the bot says, as plain text and as HTML. Every value is escaped; nothing here writes or sends."""
