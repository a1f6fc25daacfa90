"""What the pages about proposals read. Each function costs the same number of queries whatever there is to show."""
