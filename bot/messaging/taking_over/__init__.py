"""A member of staff answers instead of the bot: taking over, replying, handing back."""
