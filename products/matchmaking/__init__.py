"""Needs for money meet loan products: every condition is a pass, a fail or a near miss, with its figures."""
