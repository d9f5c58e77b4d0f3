"""Exports of conversations: asking for one, deciding about it, and taking it."""
