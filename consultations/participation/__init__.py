"""Residents propose, react, argue: the heart of the method."""
