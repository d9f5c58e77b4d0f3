"""What is kept: the tables, how to reach them, and the scripts shipped with the code."""
