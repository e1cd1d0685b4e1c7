"""Closing a day: what is done each night, step by step, so that a killed run goes on where it stopped."""
