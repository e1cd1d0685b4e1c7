"""The stored tree: it grows leaf by leaf, and gives the roots and paths of the whole tree from a few tiles."""

import hashlib
from collections import defaultdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.audit.merkle import consistency_holds, consistency_path, inclusion_path, merkle_root, root_from_path
from api.audit.suites import HASHES
from api.audit.tiles import WIDTH, Frontier, NodeReader, read_frontier, stored_span

SHA256 = HASHES["SHA-256"]
EDGES = (0, 1, 255, 256, 257, 511, 512, 513, WIDTH * WIDTH - 1, WIDTH * WIDTH, WIDTH * WIDTH + 1)
MOST = WIDTH * WIDTH + 3 * WIDTH + 5
LEAVES = [hashlib.sha256(b"\x00" + n.to_bytes(4, "big")).digest() for n in range(MOST)]


@pytest.fixture(scope="module")
def stored() -> dict[int, list[bytes]]:
    """Level -> its nodes, as a sealer stores them; level 0 are the leaves."""
    nodes = defaultdict(list, {0: LEAVES})
    tree = Frontier(SHA256)
    for leaf in LEAVES:
        for level, number, node in tree.push(leaf):
            assert number == len(nodes[level])
            nodes[level].append(node)
    return nodes


class Reading:
    """Reads stored nodes, and counts how many."""

    def __init__(self, nodes: dict[int, list[bytes]]) -> None:
        self.nodes, self.reads, self.rows = nodes, 0, 0

    def __call__(self, level: int, first: int, last: int) -> list[bytes]:
        found = self.nodes[level][first:last]
        self.reads, self.rows = self.reads + 1, self.rows + len(found)
        return found


def test_only_full_subtrees_are_stored(stored: dict[int, list[bytes]]) -> None:
    assert {level: len(nodes) for level, nodes in stored.items()} == {0: MOST, 1: WIDTH + 3, 2: 1}
    assert stored[1][0] == merkle_root(SHA256, LEAVES[:WIDTH])
    assert stored[2][0] == merkle_root(SHA256, LEAVES[: WIDTH * WIDTH])


@pytest.mark.parametrize("size", EDGES)
def test_a_tree_taken_up_again_has_the_root_of_the_whole(stored: dict[int, list[bytes]], size: int) -> None:
    reader: NodeReader = Reading(stored)
    tree = read_frontier(reader, SHA256, size)
    assert tree.root() == merkle_root(SHA256, LEAVES[:size])
    for leaf in LEAVES[size : size + 2]:
        list(tree.push(leaf))
    assert tree.root() == merkle_root(SHA256, LEAVES[: size + 2])


@given(st.integers(1, MOST), st.randoms(use_true_random=False))
@example(WIDTH * WIDTH + 1, None)
@example(WIDTH, None)
@settings(max_examples=15)
def test_paths_from_tiles_lead_to_the_root_and_read_little(size: int, choice: object) -> None:
    nodes = _nodes()
    number = choice.randrange(size) if choice else size - 1  # type: ignore[attr-defined]
    reading = Reading(nodes)
    path = inclusion_path(stored_span(reading, SHA256), number, size)
    root = read_frontier(Reading(nodes), SHA256, size).root()
    assert root_from_path(SHA256, LEAVES[number], number, size, path) == root
    assert reading.reads <= 6
    assert reading.rows <= 6 * WIDTH


@given(st.integers(0, MOST), st.integers(0, MOST))
@example(WIDTH, WIDTH * WIDTH)
@example(WIDTH * WIDTH, MOST)
@settings(max_examples=15)
def test_consistency_from_tiles_holds(one: int, other: int) -> None:
    nodes, first, second = _nodes(), min(one, other), max(one, other)
    path = consistency_path(stored_span(Reading(nodes), SHA256), first, second)
    roots = [read_frontier(Reading(nodes), SHA256, size).root() for size in (first, second)]
    assert consistency_holds(SHA256, first, second, *roots, path)


_made: dict[int, list[bytes]] = {}


def _nodes() -> dict[int, list[bytes]]:
    if not _made:
        _made[0] = LEAVES
        for level in (1, 2):
            below = _made[level - 1]
            full = range(0, len(below) - WIDTH + 1, WIDTH)
            _made[level] = [merkle_root(SHA256, below[at : at + WIDTH]) for at in full]
        _made[3] = []
    return _made
