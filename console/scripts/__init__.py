"""The words of the bot as pages: what it says, drafts of other words, and what was published."""
