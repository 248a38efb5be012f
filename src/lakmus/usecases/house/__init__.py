"""The home folder itself: its keys, copies, health, users and terms."""
