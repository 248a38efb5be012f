"""The customer stream: append each activity once, read as of a moment, look up one customer, erase, and know who is who."""
