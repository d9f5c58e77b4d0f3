"""The door for staff: an application of its own below /console, with sign-in and roles."""
