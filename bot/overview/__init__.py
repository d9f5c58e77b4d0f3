"""What staff see of conversations: the list and its index, the search, one conversation's story."""
