"""What people owe: the accounts table, and the file it is filled from."""
