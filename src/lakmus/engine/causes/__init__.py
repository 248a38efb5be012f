"""What errors do: the difference of loss between comparable moments with and without an error."""
