"""What we sell, as data: one file per domain, each with a tuple of entries that `library.py` lists."""
