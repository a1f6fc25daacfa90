"""What the pages about one person read."""
