"""The Merkle tree of RFC 6962 over leaf hashes: root, inclusion proof, its check."""

import hashlib
from collections.abc import Sequence


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The tree's root; of no leaves the SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def inclusion_path(leaves: Sequence[bytes], number: int) -> list[bytes]:
    """The siblings from a leaf up to the root: about log2 of the size."""
    path, level = [], list(leaves)
    while len(level) > 1:
        sibling = number ^ 1
        if sibling < len(level):  # the last one of an odd level has none and moves up unchanged
            path.append(level[sibling])
        level, number = _level_above(level), number // 2
    return path


def root_from_path(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to, or None where the path has another length."""
    steps, last, node = list(path), size - 1, leaf
    while last:
        if number & 1 or number < last:
            if not steps:
                return None
            sibling = steps.pop(0)
            node = node_hash(sibling, node) if number & 1 else node_hash(node, sibling)
        number, last = number // 2, last // 2
    return None if steps else node


def node_hash(left: bytes, right: bytes) -> bytes:
    """An inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(level) & ~1 :])
