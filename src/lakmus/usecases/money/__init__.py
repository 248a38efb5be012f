"""What customers are worth and where revenue went."""
