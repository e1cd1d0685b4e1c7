"""Fixtures of the lake's tests."""

from tests.factories.postgres import postgres_url

__all__ = ["postgres_url"]
