"""Who did what and when: one row for each change, never altered."""
