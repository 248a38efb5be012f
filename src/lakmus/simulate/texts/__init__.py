"""What people write, put together by a grammar of our own."""
