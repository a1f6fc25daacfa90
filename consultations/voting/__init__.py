"""Choosing together: votes in the phase *prioriser*, their ballots, their counting, their result."""
