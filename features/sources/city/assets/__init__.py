"""What utilities, registries and platforms state: one module a feed, listed in `feeds.py`."""
