"""Government records become point-in-time features. May import `bureau` only.

To add a feed, write one file in `contracts/` and list it there; to add a feature, one declaration in
`definitions/` and its domain's tuple.
"""
