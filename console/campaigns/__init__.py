"""A text to many people in four steps: what, to whom, checked, sent; and what became of each."""
