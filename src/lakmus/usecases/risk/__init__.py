"""What "lost" means, and how well the risk would have told it."""
