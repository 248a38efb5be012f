"""What people say a text says: labels, and themes of the company's own."""
