"""Against guessing: wrong secrets, assertions, tokens and one-time codes are counted by client and by address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from api.limits import Limit
from api.limits_shared import SharedLimits
from bureau.errors import TooManyRequests, WrongCode

WRONG_BY_CLIENT = 10
WRONG_BY_ADDRESS = 30
WRONG_CODES = 5


class GuessGuard:
    """Whoever guessed too often waits, and is not even told whether the next guess is right.

    A token that verifies is not held up by others' wrong ones from the same address.
    """

    def __init__(self, shared: SharedLimits | None = None, minute: timedelta = timedelta(minutes=1)) -> None:
        self._clients = Limit("wrong-by-client", WRONG_BY_CLIENT, minute, WRONG_BY_CLIENT, shared)
        self._addresses = Limit("wrong-by-address", WRONG_BY_ADDRESS, minute, WRONG_BY_ADDRESS, shared)
        self._tokens = Limit("made-up-tokens", WRONG_BY_ADDRESS, minute, WRONG_BY_ADDRESS, shared)
        self._codes = Limit("wrong-codes", WRONG_CODES, 15 * minute, WRONG_CODES, shared)
        self._trying = Lock()

    def require(self, client_id: str | None, address: str) -> None:
        """Raise `TooManyRequests` where too many attempts were wrong, for this client or from this address."""
        _allow(max(self._clients.wait(client_id or ""), self._addresses.wait(address)))

    def failed(self, client_id: str | None, address: str) -> None:
        """Count a wrong secret or assertion."""
        self._clients.count(client_id or "")
        self._addresses.count(address)

    def token_failed(self, address: str) -> None:
        """Count a token that we never signed; raises `TooManyRequests` where the address sent too many."""
        _allow(self._tokens.count(address))

    @contextmanager
    def one_code(self, client_id: str) -> Iterator[None]:
        """Try one one-time code; a `WrongCode` is counted. Raises `TooManyRequests` where the last ones were wrong.

        One at a time in this process, so that none is tried before the wrong ones before it are counted.
        """
        with self._trying:
            _allow(self._codes.wait(client_id))
            try:
                yield
            except WrongCode:
                self._codes.count(client_id)
                raise


def _allow(seconds: int) -> None:
    if seconds > 0:
        raise TooManyRequests(seconds)
