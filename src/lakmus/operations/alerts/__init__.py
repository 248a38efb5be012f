"""Alerts that were told: who has read them, to whom they are delivered and what came of it, and the rule that may be edited."""
