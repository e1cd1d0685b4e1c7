"""The Merkle tree of RFC 6962 under any hash: roots, inclusion and consistency proofs, and their checks."""

from collections.abc import Callable, Sequence

from api.audit.suites import Hash

Span = Callable[[int, int], bytes]
"""The root over the leaves [first, last) of one tree, as RFC 6962 splits it."""


def node_hash(h: Hash, left: bytes, right: bytes) -> bytes:
    """An inner node."""
    return h(b"\x01" + left + right)


def split_point(size: int) -> int:
    """The leaves left of the top of a tree of at least two: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def merkle_root(h: Hash, nodes: Sequence[bytes]) -> bytes:
    """The root over leaves, or over subtrees of one size of which the last may be smaller; of none, h of nothing."""
    if not nodes:
        return h(b"")
    level = list(nodes)
    while len(level) > 1:
        level = level_above(h, level) + level[len(level) & ~1 :]  # the last of an odd level moves up unchanged
    return level[0]


def level_above(h: Hash, level: Sequence[bytes]) -> list[bytes]:
    """The nodes over the full pairs of a level."""
    return [node_hash(h, level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]


def inclusion_path(span: Span, number: int, size: int) -> list[bytes]:
    """The siblings from a leaf up to the root of the first `size` leaves: about log2 of the size."""
    path, first, last = [], 0, size
    while last - first > 1:
        middle = first + split_point(last - first)
        if number < middle:
            path.append(span(middle, last))
            last = middle
        else:
            path.append(span(first, middle))
            first = middle
    return path[::-1]


def root_from_path(h: Hash, leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to, or None where the path has another length."""
    if not 0 <= number < size:
        return None
    steps, last, node = list(path), size - 1, leaf
    while last:
        if number & 1 or number < last:
            if not steps:
                return None
            sibling = steps.pop(0)
            node = node_hash(h, sibling, node) if number & 1 else node_hash(h, node, sibling)
        number, last = number // 2, last // 2
    return None if steps else node


def consistency_path(span: Span, first: int, second: int) -> list[bytes]:
    """What shows that the first `first` leaves of a tree of `second` are those of the earlier root (RFC 9162, 2.1.4).

    Empty where the earlier tree is empty or the same.
    """
    path, start, end, whole = [], 0, second, True
    if first == 0:
        return []
    while first != end:
        middle = start + split_point(end - start)
        if first <= middle:
            path.append(span(middle, end))
            end = middle
        else:
            path.append(span(start, middle))
            start, whole = middle, False
    return path[::-1] if whole else [span(start, end), *path[::-1]]


def consistency_holds(
    h: Hash, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the tree of `second` leaves begins with the tree of `first` (RFC 9162, 2.1.4.2)."""
    if not 0 < first < second:
        same = first_root == (second_root if first == second else h(b""))
        return same and not path and 0 <= first <= second
    # The root of a power of two is a node of the later tree, and the proof leaves it out.
    steps = list(path) if first & (first - 1) else [first_root, *path]
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number // 2, last // 2
    if not steps:
        return False
    earlier = later = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            earlier, later = node_hash(h, sibling, earlier), node_hash(h, sibling, later)
            while not number & 1 and number:
                number, last = number // 2, last // 2
        else:
            later = node_hash(h, later, sibling)
        number, last = number // 2, last // 2
    return last == 0 and earlier == first_root and later == second_root
