"""Who may log in, in which role, and which programs hold a token."""
