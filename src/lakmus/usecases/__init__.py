"""One function per intention of a user: the only place where analytics meets state."""
