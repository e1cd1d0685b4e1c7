"""Hot rows: what features read of a feed, derived from the lake, mapped into memory and read without decoding.

They can be deleted at any time and are made again. May import the rest of `features/lake`.
"""
