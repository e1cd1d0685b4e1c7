"""Features and scores become something a user gets. May import `models`, `features` and `bureau`.

To add a credit product, add one YAML file to `catalogue/`; code only for a new kind.
"""
