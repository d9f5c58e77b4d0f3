"""The registry of our senders: which numbers are ours, whose they are, and what they are for."""
