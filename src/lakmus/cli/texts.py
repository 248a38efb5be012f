"""Placeholder."""

from lakmus.cli.options import Commands


def add_to(commands: Commands) -> None:
    """Add the commands."""
