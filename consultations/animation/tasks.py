"""Thin entry points for the worker."""
