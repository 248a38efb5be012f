"""What a customer does, against their own past: aggregates by prefix sums, rhythm, signals, lamps."""
