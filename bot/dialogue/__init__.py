"""What is said and why: pure functions from what was heard to what is decided."""
