"""Companies drawn by a seed, each of another sort, with the truth that judges and is never read."""
