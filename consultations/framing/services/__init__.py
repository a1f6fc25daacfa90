"""Writing what a city asks, and how it presents itself, by noun."""
