"""Lakmus: which customers a company is losing, why, what it costs, what to do, and whether it worked."""

__version__ = "0.1.0"
