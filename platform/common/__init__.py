"""What every app stands on: events, the outbox, the visitors' cache, the design system."""
