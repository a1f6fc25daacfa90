"""What moderation does when others act."""
