"""What customers write: read, labelled, gathered into themes."""
