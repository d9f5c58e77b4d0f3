"""The checker of scripts: the same for the editor, the command, the tests and CI."""
