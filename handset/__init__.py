"""A carrier and a phone for development: Twilio's Messages API, and a page to text from."""
