"""Thin entry points for the worker: messages of the outbox, at the moments of a vote."""

from consultations.voting.services import timing

__all__ = ["timing"]
