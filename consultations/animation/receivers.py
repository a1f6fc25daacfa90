"""Facts of participation become notices."""
