"""Conversations as staff see them: the list, one conversation, what can be done in it, live."""
