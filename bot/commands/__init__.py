"""The groups of `henji …` commands, one file each, and how a command that fails says so."""
