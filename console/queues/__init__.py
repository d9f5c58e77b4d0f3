"""What waits for staff, as pages, and what they decide about it."""
