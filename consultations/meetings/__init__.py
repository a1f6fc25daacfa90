"""Meetings with people: announced, signed up for without an account, reported on; what was said there leads to them."""
