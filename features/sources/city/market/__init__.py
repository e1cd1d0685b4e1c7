"""What market regulation states: one module a feed, listed in `feeds.py`."""
