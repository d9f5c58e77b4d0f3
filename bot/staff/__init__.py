"""Who works with the console: members and their roles, departments, sessions, invitations."""
