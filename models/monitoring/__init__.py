"""A model in service held against the population it was trained on: measured each day, kept under `monitoring/`."""
