"""One text to many people: who gets it, who answers for it, and what became of it."""
