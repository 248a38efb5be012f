"""What the pages of causes answer: errors by what they cost, one error from all sides, the ledger of losses, promises, messages.

Everything is read off a verdict and its tables; what a verdict does not hold is left out, never guessed.
"""
