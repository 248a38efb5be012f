"""An invented Russian online shop with known truth: its files, and `truth.json` to check the product against."""
