"""One file per feed: what a department promises to deliver. A new feed: its file, a line in `feeds.py`, a factory."""
