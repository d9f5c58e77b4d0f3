"""The dashboard: how messages, answers and payments went, as charts, tables and a file."""
