"""The jobs of bringing files in, and where each of them stands."""
