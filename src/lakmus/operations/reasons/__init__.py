"""What colleagues think: whether a reason for one customer's loss is right, and how often they believe each error to happen."""
