"""What a customer does, against their own past: rhythm, windows, signals, lamps."""
