"""Payment, from the link in a text to the receipt: look, prove, check out, settle."""
