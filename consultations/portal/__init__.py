"""Pages that show several subjects at once: the home, one person's participation, the desk, the demonstration city."""
