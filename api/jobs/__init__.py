"""Recurring works by name: done by the server itself, or by `bureau worker`. A new one is a line of `works.py`."""
