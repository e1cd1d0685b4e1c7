"""The fast execution: features become arrays of codes, read by one compiled function over hot rows.

A new feature is new codes and compiles nothing; a new kind of aggregate or expression is a code in `machine.py`.
"""
