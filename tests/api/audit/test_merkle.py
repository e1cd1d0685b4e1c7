"""The tree agrees with pymerkle, and its proofs hold for what is in it and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from api.audit.merkle import inclusion_path, merkle_root, root_from_path

ENTRIES = [f"entry {n}".encode() for n in range(130)]
LEAVES = [hashlib.sha256(b"\x00" + entry).digest() for entry in ENTRIES]


def test_roots_of_every_size_equal_another_implementation() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, start=1):
        tree.append_entry(entry)
        assert merkle_root(LEAVES[:size]) == tree.get_state(size)


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100])
def test_paths_equal_another_implementation(size: int) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES[:size]:
        tree.append_entry(entry)
    for number in range(size):
        _, *siblings = tree.prove_inclusion(number + 1, size).path
        assert inclusion_path(LEAVES[:size], number) == siblings


@given(st.data())
def test_a_proof_holds_for_its_leaf_and_number_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    number = data.draw(st.integers(0, size - 1))
    leaves, root = LEAVES[:size], merkle_root(LEAVES[:size])
    path = inclusion_path(leaves, number)
    assert root_from_path(leaves[number], number, size, path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != number) if size > 1 else st.just(-1))
    if other >= 0:
        assert root_from_path(leaves[other], number, size, path) != root
        assert root_from_path(leaves[number], other, size, path) != root
        assert root_from_path(leaves[number], number, size, path[:-1]) != root
    assert root_from_path(leaves[number], number, size, [*path, bytes(32)]) is None
