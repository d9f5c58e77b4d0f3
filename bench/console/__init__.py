"""How quick the console is for a company with a million conversations."""
