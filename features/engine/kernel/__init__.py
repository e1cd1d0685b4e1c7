"""The fast execution: features become arrays of codes, read by one compiled function over hot rows.

A new feature is new codes and compiles nothing; a new kind of expression is a code in `machine.py`, a new kind of
aggregate one there and a line of `aggregates.values`, which says by what tallies it is taken.
"""
