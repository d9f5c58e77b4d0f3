"""The fault suite: Henji's own processes while everything around them fails, and what they owe."""
