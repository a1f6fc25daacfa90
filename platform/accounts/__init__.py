"""People: who they are, how they come in, what they may do, what they did. In public and in every city."""
