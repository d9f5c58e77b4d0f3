"""What the bot says: the words that ship, what people change in them, and what is in force."""
