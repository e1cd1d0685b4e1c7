"""Words every layer shares. May import none of the four packages above it.

A module enters when it is a noun of the business or of the process and at least two layers need it.
"""
