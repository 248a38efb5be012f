"""What errors truly do in simulated companies: the same draws twice, once with the error that drove a customer away made harmless."""
