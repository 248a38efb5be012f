"""Wires the house together: settings, addresses, middleware. Decides nothing."""
