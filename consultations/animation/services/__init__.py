"""Telling people things, and what they choose to hear."""
