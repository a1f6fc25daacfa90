"""Counting a vote from its file alone: no framework, no database, whole numbers and fractions, the same for all."""
