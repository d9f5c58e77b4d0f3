"""What the carrier tells of a message after it left."""
