"""What a worker finds of this app: messages of the outbox."""

from consultations.portal.demo import synthesis

__all__ = ["synthesis"]
