"""What tax, labour, customs and finance departments state: one module a feed, listed in `feeds.py`."""
