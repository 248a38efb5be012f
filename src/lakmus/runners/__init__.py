"""Run a pure function over every bucket of the customer stream."""
