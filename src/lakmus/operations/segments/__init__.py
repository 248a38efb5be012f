"""Saved segments: groups of customers that somebody gave a name."""
