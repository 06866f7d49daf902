"""What the bot is: its rules, its channels, and what keeps them running."""
