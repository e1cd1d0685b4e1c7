"""Column types that keep text as the fewer bytes it stands for: a ledger has as many rows as it ever answered."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator


class Hexadecimal(TypeDecorator[str]):
    """A digest: hexadecimal to us, bytes in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy asks so
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy asks so
        return None if value is None else value.hex()


class DetachedJws(TypeDecorator[str]):
    """A JWS beside its payload, `header..signature`: the length of the header (1 byte), header and signature."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy asks so
        if value is None:
            return None
        header, _, signature = value.partition("..")
        return _kept(header) + _decoded(signature)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy asks so
        if value is None:
            return None
        end = 1 + value[0]
        return f"{_encoded(value[1:end])}..{_encoded(value[end:])}"


@lru_cache(maxsize=64)
def _kept(header: str) -> bytes:
    """A header with its length before it: every signature of a key has the same."""
    plain = _decoded(header)
    return bytes((len(plain),)) + plain


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()
