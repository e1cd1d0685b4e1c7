"""The text of an answer with gaps in it: what the ledger alone knows is put in without writing the rest again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

from api.canonical import canonical, in_order

_RUN = uuid4().hex
"""In no content, because nobody knows it."""
NUMBER = f"report_id {_RUN}"
"""In place of an answer's number: whoever fills the gaps puts it in."""
_GAPS = re.compile(rf'"(report_id|charge|evidence) {_RUN}"'.encode())


@dataclass(frozen=True)
class _Gapped:
    parts: tuple[bytes, ...]
    """Text and names of gaps by turns."""

    def filled(self, values: Mapping[bytes, bytes]) -> bytes:
        parts = list(self.parts)
        for place in range(1, len(parts), 2):
            parts[place] = values[parts[place]]
        return b"".join(parts)


class AnswerText:
    """An answer as it is sent, and in its RFC 8785 form without `evidence`, over which its digest is taken."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        """body: keys `charge` and `evidence` are gaps, and so is a `report_id` that is `NUMBER`. Raises `TypeError`
        and `ValueError` for what is no JSON."""
        hashed = {**body, "charge": f"charge {_RUN}"}
        sent = hashed | {"evidence": f"evidence {_RUN}"}
        hashed.pop("evidence", None)
        self._hashed = _gapped(canonical(hashed))
        self._sent = _gapped(in_order(sent))

    def hashed(self, number: str, charge: Mapping[str, Any]) -> bytes:
        """What the digest is over."""
        spelled, _ = _spelled(tuple(charge.items()))
        return self._hashed.filled({b"report_id": canonical(number), b"charge": spelled})

    def sent(self, number: str, charge: Mapping[str, Any], evidence: Mapping[str, Any]) -> bytes:
        """What is stored, signed and sent."""
        _, said = _spelled(tuple(charge.items()))
        return self._sent.filled({b"report_id": canonical(number), b"charge": said, b"evidence": in_order(evidence)})


@lru_cache(maxsize=4096)
def _spelled(charge: tuple[tuple[str, Any], ...]) -> tuple[bytes, bytes]:
    """A charge for the digest and for the answer: most calls of a group cost the same."""
    named = dict(charge)
    return canonical(named), in_order(named)


def _gapped(text: bytes) -> _Gapped:
    return _Gapped(tuple(_GAPS.split(text)))
