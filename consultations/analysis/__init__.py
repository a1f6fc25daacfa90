"""What a consultation says: figures, themes, groups of opinion, what brings people together, the synthesis."""
