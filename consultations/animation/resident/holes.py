"""What a kept page says to one person (common.pagecache)."""
