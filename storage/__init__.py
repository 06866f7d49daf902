"""What the bot remembers: all SQL lives here, one file a noun."""
