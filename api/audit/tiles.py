"""The Merkle tree as it is stored: leaves, and above every 256 nodes of a level one node of the next.

What lies between is computed anew from at most 256 stored nodes, so a root or a proof over N leaves reads a few tiles
of 256, log256 N of them, and a node is never changed: only full subtrees are stored.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, Select, select

from api.audit.merkle import Span, level_above, merkle_root, node_hash, split_point
from api.audit.suites import Hash
from api.audit.tables import AuditLeaf, AuditNode

HEIGHT = 8
"""Levels of the tree in a tile."""
WIDTH = 1 << HEIGHT
"""Nodes at the bottom of a tile."""

NodeReader = Callable[[int, int, int], Sequence[bytes]]
"""The stored nodes [first, last) of a level, in order; level 0 are the leaves."""


class Frontier:
    """The right edge of a growing tree: of every level the nodes that fill no tile yet."""

    def __init__(self, h: Hash, edge: Sequence[Sequence[bytes]] = (), size: int = 0) -> None:
        self._hash, self._edge, self.size = h, [list(level) for level in edge], size

    def push(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Take in one more leaf; gives (level, number, node) of each subtree it fills."""
        self.size += 1
        level, node = 0, leaf
        while True:
            if level == len(self._edge):
                self._edge.append([])
            self._edge[level].append(node)
            if len(self._edge[level]) < WIDTH:
                return
            node = merkle_root(self._hash, self._edge[level])
            self._edge[level].clear()
            level += 1
            yield level, (self.size >> HEIGHT * level) - 1, node

    def root(self) -> bytes:
        """The root over everything taken in."""
        lower: list[bytes] = []
        for level in self._edge:
            nodes = [*level, *lower]
            lower = [merkle_root(self._hash, nodes)] if nodes else []
        return lower[0] if lower else merkle_root(self._hash, ())


def read_frontier(read: NodeReader, h: Hash, size: int) -> Frontier:
    """The right edge of the tree of the first `size` leaves, whose full subtrees are stored."""
    edge: list[Sequence[bytes]] = []
    count = size
    while count:
        edge.append(read(len(edge), count - count % WIDTH, count))
        count //= WIDTH
    return Frontier(h, edge, size)


def stored_span(read: NodeReader, h: Hash) -> Span:
    """Roots over parts of a stored tree; each tile is read once."""
    tiles: dict[tuple[int, int], list[list[bytes]]] = {}

    def tile(level: int, number: int) -> list[list[bytes]]:
        if (level, number) not in tiles:
            rows = [list(read(level, number * WIDTH, (number + 1) * WIDTH))]
            while len(rows[-1]) > 1:
                rows.append(level_above(h, rows[-1]))
            tiles[level, number] = rows
        return tiles[level, number]

    def full(first: int, height: int) -> bytes:
        """The subtree of 2 ** height leaves that begins with leaf `first`."""
        level, row = divmod(height, HEIGHT)
        number, place = divmod(first >> HEIGHT * level, WIDTH)
        return tile(level, number)[row][place >> row]

    def span(first: int, last: int) -> bytes:
        size = last - first
        if size & (size - 1) == 0:
            return full(first, size.bit_length() - 1)
        middle = first + split_point(size)
        return node_hash(h, span(first, middle), span(middle, last))

    return span


def node_reader(connection: Connection, hash_alg: str) -> NodeReader:
    """Reads leaves, and the nodes of the tree under one hash."""

    def query(level: int, first: int, last: int) -> Select[bytes]:
        if level == 0:
            leaves = select(AuditLeaf.leaf).order_by(AuditLeaf.number)
            return leaves.where(AuditLeaf.number >= first, AuditLeaf.number < last)
        nodes = select(AuditNode.node).where(AuditNode.hash_alg == hash_alg, AuditNode.level == level)
        return nodes.where(AuditNode.number >= first, AuditNode.number < last).order_by(AuditNode.number)

    return lambda level, first, last: connection.scalars(query(level, first, last)).all()
