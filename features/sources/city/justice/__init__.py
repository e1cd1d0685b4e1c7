"""What courts and supervising departments state: one module a feed, listed in `feeds.py`."""
