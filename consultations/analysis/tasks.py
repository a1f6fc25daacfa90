"""What a worker must know: analyses are messages of the outbox, in a queue of their own."""

from consultations.analysis.services import running

__all__ = ["running"]
