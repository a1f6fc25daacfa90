"""What people give elsewhere, on paper, by telephone or at a meeting: typed by the team, followed by a receipt."""
