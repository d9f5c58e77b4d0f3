"""The doors for end users: to pay, to join, to stop, and to see which numbers are ours."""
