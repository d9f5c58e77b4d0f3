"""Steps of consent as they happen: taken, recorded, ended, and told to the provider."""
