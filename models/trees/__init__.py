"""Boosted trees taken apart: from each tree to what every feature adds to one row's score, exactly."""
