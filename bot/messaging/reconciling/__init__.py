"""Compare our tables with the provider's own list of messages, in both directions."""
