"""Pure analytics over customers' histories: no web, no clock, no database. `pipeline.py` is the map."""
