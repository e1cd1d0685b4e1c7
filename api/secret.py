"""The platform's one secret, from which its symmetric keys are derived."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bureau.settings import Settings


def platform_secret(settings: Settings) -> str:
    """`BUREAU_SECRET_KEY`, or random text kept in the home (mode 0600). Without it stored answers cannot be read."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return _kept(settings.home / "keys" / "secret.key")


def derived_key(settings: Settings, purpose: str) -> bytes:
    """32 bytes for one purpose; those of another purpose tell nothing about them."""
    return hmac.digest(platform_secret(settings).encode(), purpose.encode(), hashlib.sha256)


def _kept(path: Path) -> str:
    """The text of a key file, made in one step: of two processes that start together, the first one's stays."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent) as made:  # mode 0600 from the start
            made.write(secrets.token_hex(32).encode())
            made.flush()
            with suppress(FileExistsError):
                path.hardlink_to(made.name)
    return path.read_text("ascii")
