"""The figures of the dashboard: counted by day by the clock, and read for a page or a file."""
