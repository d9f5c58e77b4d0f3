"""The path of one SMS: receive, answer, wake, drain, record."""
