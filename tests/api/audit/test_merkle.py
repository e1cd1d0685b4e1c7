"""The tree agrees with pymerkle, and its proofs hold for what is in it and for nothing else."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from api.audit.merkle import (
    Span,
    consistency_holds,
    consistency_path,
    inclusion_path,
    merkle_root,
    root_from_path,
)
from api.audit.suites import HASHES

SHA256 = HASHES["SHA-256"]
ENTRIES = [f"entry {n}".encode() for n in range(131)]
LEAVES = [hashlib.sha256(b"\x00" + entry).digest() for entry in ENTRIES]
LARGE = random.Random(7).sample(range(131, 3000), 4)


def root_of(size: int) -> bytes:
    return merkle_root(SHA256, LEAVES[:size])


def span_of(leaves: list[bytes]) -> Span:
    return lambda first, last: merkle_root(SHA256, leaves[first:last])


def other_tree(size: int, name: str = "entry") -> InmemoryTree:
    """The same entries in somebody else's tree."""
    tree = InmemoryTree(algorithm="sha256")
    for n in range(size):
        tree.append_entry(f"{name} {n}".encode())
    return tree


def test_roots_of_every_size_equal_another_implementation() -> None:
    tree = other_tree(len(LEAVES))
    for size in range(1, len(LEAVES) + 1):
        assert root_of(size) == tree.get_state(size)


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    assert root_of(0) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100, 130])
def test_paths_equal_another_implementation(size: int) -> None:
    tree = other_tree(size)
    for number in range(size):
        _, *siblings = tree.prove_inclusion(number + 1, size).path
        assert inclusion_path(span_of(LEAVES), number, size) == siblings


@pytest.mark.parametrize("size", LARGE)
def test_a_large_tree_equals_another_implementation(size: int) -> None:
    tree = other_tree(size)
    leaves = [hashlib.sha256(b"\x00" + f"entry {n}".encode()).digest() for n in range(size)]
    assert merkle_root(SHA256, leaves) == tree.get_state()
    for number in (0, size // 2, size - 1):
        _, *siblings = tree.prove_inclusion(number + 1).path
        assert inclusion_path(span_of(leaves), number, size) == siblings


def test_between_all_pairs_of_roots_another_implementation_agrees() -> None:
    """pymerkle states its proofs in another form, so its own check of its own proof stands beside ours of ours."""
    tree = other_tree(40)
    for second in range(1, 41):
        for first in range(1, second + 1):
            theirs = tree.prove_consistency(first, second)
            assert (theirs.retrieve_prior_state(), theirs.compute_root()) == (root_of(first), root_of(second))
            ours = consistency_path(span_of(LEAVES), first, second)
            assert consistency_holds(SHA256, first, second, root_of(first), root_of(second), ours)


@given(st.data())
def test_a_proof_holds_for_its_leaf_and_number_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    number = data.draw(st.integers(0, size - 1))
    root, path = root_of(size), inclusion_path(span_of(LEAVES), number, size)
    assert root_from_path(SHA256, LEAVES[number], number, size, path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != number) if size > 1 else st.just(-1))
    if other >= 0:
        assert root_from_path(SHA256, LEAVES[other], number, size, path) != root
        assert root_from_path(SHA256, LEAVES[number], other, size, path) != root
        assert root_from_path(SHA256, LEAVES[number], number, size, path[:-1]) != root
    assert root_from_path(SHA256, LEAVES[number], number, size, [*path, bytes(32)]) is None
    assert root_from_path(SHA256, LEAVES[number], size, size, path) is None
    assert root_from_path(SHA256, LEAVES[number], -1, size, path) is None


@given(st.data())
def test_consistency_holds_for_its_two_roots_only(data: st.DataObject) -> None:
    second = data.draw(st.integers(0, len(LEAVES)))
    first = data.draw(st.integers(0, second))
    path = consistency_path(span_of(LEAVES), first, second)
    roots = root_of(first), root_of(second)
    assert consistency_holds(SHA256, first, second, *roots, path)
    assert not consistency_holds(SHA256, first, second, bytes(32), roots[1], path)
    assert not consistency_holds(SHA256, first, second, *roots, [*path, bytes(32)])
    assert first in (0, second) or not consistency_holds(SHA256, first, second, roots[0], bytes(32), path)
    for place in range(len(path)):
        wrong = [*path[:place], bytes(32), *path[place + 1 :]]
        assert not consistency_holds(SHA256, first, second, *roots, wrong)
        assert not consistency_holds(SHA256, first, second, *roots, path[:place] + path[place + 1 :])
    assert second == first or not consistency_holds(SHA256, second, first, *roots[::-1], path)


@given(st.integers(1, 130), st.data())
def test_a_log_in_which_one_early_leaf_was_changed_is_not_consistent(first: int, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*LEAVES[:changed], bytes(32), *LEAVES[changed + 1 :]]
    span = span_of(rewritten)
    path = consistency_path(span, first, len(LEAVES))
    assert not consistency_holds(SHA256, first, len(LEAVES), root_of(first), span(0, len(LEAVES)), path)
