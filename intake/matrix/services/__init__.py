"""Every write of the bot: what came in, what goes out, whose rooms, how far it has read."""
