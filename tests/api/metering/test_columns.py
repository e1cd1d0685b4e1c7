"""Digests and signatures take few bytes, and come back letter for letter."""

import pytest
from sqlalchemy.dialects import sqlite

from api.metering.columns import DetachedJws, Hexadecimal
from api.signing import open_signer

DIALECT = sqlite.dialect()


def test_a_digest_takes_half() -> None:
    kind, digest = Hexadecimal(), "0123456789abcdef" * 4
    stored = kind.process_bind_param(digest, DIALECT)
    assert stored is not None
    assert len(stored) == 32
    assert kind.process_result_value(stored, DIALECT) == digest


@pytest.mark.parametrize("digest", ["x", "0", "zz"])
def test_what_is_no_digest_is_refused(digest: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        Hexadecimal().process_bind_param(digest, DIALECT)


def test_a_signature_comes_back_letter_for_letter(tmp_path_factory: pytest.TempPathFactory) -> None:
    kind, jws = DetachedJws(), open_signer(tmp_path_factory.mktemp("home"), "answers").sign_detached(b"an answer")
    stored = kind.process_bind_param(jws, DIALECT)
    assert stored is not None
    assert len(stored) < 0.8 * len(jws)
    assert kind.process_result_value(stored, DIALECT) == jws


@pytest.mark.parametrize("kind", [Hexadecimal(), DetachedJws()])
def test_nothing_stays_nothing(kind: Hexadecimal | DetachedJws) -> None:
    assert kind.process_bind_param(None, DIALECT) is None
    assert kind.process_result_value(None, DIALECT) is None
