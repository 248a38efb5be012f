"""What the company told us about itself, and how its files are read."""
