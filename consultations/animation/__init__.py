"""Keeping the dialogue alive: notices, e-mail, what a person can do next."""
