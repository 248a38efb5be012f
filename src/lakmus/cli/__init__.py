"""The command line: one module for each group of commands, each command one call of a use case."""
