"""Keeping the dialogue good: reports, decisions with their reasons, appeals, the public register."""
