"""The doors for end users: the payment page behind a link."""
