"""Alerts on segments: found, told, delivered, read."""
