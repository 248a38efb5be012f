"""Bring activities in: files that people choose, rows that programs push."""
