"""Notifying people, and what they choose to hear."""
