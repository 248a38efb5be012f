"""What customers are worth: expected purchases, their margin, and the sums that are lost or can still be kept."""
