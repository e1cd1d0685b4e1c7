"""Idempotency keys and the answers they are bound to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from api.metering.draft import Receipt
from api.metering.tables import BoundKey, StoredAnswer
from api.vault import Vault
from bureau.errors import KeyReused

_BOUND = (
    select(BoundKey.institution_id, BoundKey.key, BoundKey.request_sha256, StoredAnswer.__table__)
    .join(StoredAnswer, StoredAnswer.call_id == BoundKey.call_id)
    .where(BoundKey.institution_id.in_(bindparam("institutions", expanding=True)))
    .where(BoundKey.key.in_(bindparam("keys", expanding=True)))
)


@dataclass(frozen=True)
class Bound:
    """The answer of a key, opened when it is asked for, and the digest of the request it answered."""

    request_sha256: str
    opened: Callable[[], Receipt]

    def replay(self, key: str | None, request_sha256: str) -> Receipt:
        """The answer once more; raises `KeyReused` for another request, `AnswerDamaged`."""
        if request_sha256 != self.request_sha256:
            raise KeyReused(key or "")
        return replace(self.opened(), replayed=True)


def bound_answers(
    connection: Connection, institutions: Collection[int], keys: Collection[str | None], vault: Vault
) -> dict[tuple[int, str | None], Bound]:
    """(institution, key) -> its answer, of the keys that are bound already.

    A group's calls are of many institutions and are looked up in one turn, so that the connection of a group sees
    everybody's rows. What keeps them apart is the pair: whoever asks takes the answer of its own institution with its
    own key, and a pair is never made of two calls.
    """
    rows = connection.execute(_BOUND, {"institutions": list(institutions), "keys": list(keys)})
    return {(row.institution_id, row.key): Bound(row.request_sha256, partial(_opened, row, vault)) for row in rows}


def _opened(row: Row[Any], vault: Vault) -> Receipt:
    return Receipt(row.call_id, row.status, vault.open(row.sealed, row.call_id), row.jws)
