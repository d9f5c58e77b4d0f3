"""Signing in: password, second factor, recovery codes, invitations; and who is signed in where."""
