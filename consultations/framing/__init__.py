"""The city makes the challenges its own: the consultation, its phases, its challenges."""
