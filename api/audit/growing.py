"""The trees grown once more beside the walk: every stored node and every signed root is held against them."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from api.audit.faults import UNREADABLE, Fault
from api.audit.sealing import root_claims
from api.audit.suites import STANDARD, SUITES, hash_of
from api.audit.tables import AuditLeaf, AuditNode, AuditRoot
from api.audit.tiles import WIDTH, Frontier
from api.signing import Signer

_DEEPEST = 7
"""Levels of stored nodes: 256 ** 7 leaves are more than any log will hold."""
_SPAN = case({level: WIDTH**level for level in range(1, _DEEPEST + 1)}, value=AuditNode.level)
_LEAVES = select(func.coalesce(func.max(AuditLeaf.number), -1) + 1).scalar_subquery()


class GrowingTrees:
    """The tree under each hash that was sealed with, over the leaves walked so far; the standard one in any case."""

    def __init__(self, session: Session, signer: Signer) -> None:
        self._session, self._signer = session, signer
        names = dict.fromkeys(suite.hash_alg for suite in SUITES if suite is STANDARD or self._holds(suite.hash_alg))
        self._trees = {name: Frontier(hash_of(name)) for name in names}

    @property
    def size(self) -> int:
        """Leaves taken in."""
        return self._trees[STANDARD.hash_alg].size

    def root(self) -> bytes:
        """The root over them, under the standard hash."""
        return self._trees[STANDARD.hash_alg].root()

    def begin(self, head: bytes) -> Fault | None:
        """Check the roots of the empty log, and those that claim less."""
        return self._roots_fault(AuditRoot.size <= 0, head)

    def take(self, leaf: bytes, head: bytes, sealed: bool) -> Fault | None:
        """Grow by one leaf; check each node that it fills and, where the log was `sealed` with it, the roots."""
        for name, tree in self._trees.items():
            for level, number, node in tree.push(leaf):
                if fault := self._node_fault(name, level, number, node):
                    return fault
        return self._roots_fault(AuditRoot.size == self.size, head) if sealed else None

    def sealed_sizes(self, first: int, last: int) -> set[int]:
        """The sizes in [first, last] at which a root was signed."""
        return {*self._session.scalars(select(AuditRoot.size).where(AuditRoot.size.between(first, last)))}

    def end(self) -> Fault | None:
        """A root of more leaves than there are, or a node over none. One statement each, for the log may grow."""
        try:
            return self._stray()
        except UNREADABLE as problem:
            self._session.rollback()
            return Fault("a root or node", None, f"it cannot be read: {problem}")

    def _holds(self, hash_alg: str) -> bool:
        tables = (AuditRoot, AuditNode)
        return any(self._session.scalar(select(exists().where(table.hash_alg == hash_alg))) for table in tables)

    def _stray(self) -> Fault | None:
        size = self._session.scalar(select(cast(AuditRoot.size, String)).where(AuditRoot.size > _LEAVES).limit(1))
        if size is not None:
            return Fault(f"root of {size} leaves", None, f"the log has only {self.size} leaves left")
        within = and_(AuditNode.level.between(1, _DEEPEST), AuditNode.number.between(0, _LEAVES // _SPAN - 1))
        stray = or_(AuditNode.hash_alg.not_in(self._trees), ~within)
        place = (AuditNode.hash_alg, cast(AuditNode.level, String), cast(AuditNode.number, String))
        node = self._session.execute(select(*place).where(stray).limit(1)).first()
        return None if node is None else Fault(_node_name(*node), None, "no leaves of the log lead to it")

    def _node_fault(self, name: str, level: int, number: int, node: bytes) -> Fault | None:
        place = (AuditNode.hash_alg == name, AuditNode.level == level, AuditNode.number == number)
        stored = self._session.scalar(select(AuditNode.node).where(*place))
        if stored == node:
            return None
        if stored is not None:
            return Fault(_node_name(name, level, number), None, "it does not follow from the leaves under it")
        signed = select(AuditRoot.size).where(AuditRoot.hash_alg == name, AuditRoot.size >= self._trees[name].size)
        if self._session.scalar(signed.limit(1)) is None:
            return None  # not sealed yet
        return Fault(_node_name(name, level, number), None, "it is missing although a root over it was signed")

    def _roots_fault(self, which: ColumnElement[bool], head: bytes) -> Fault | None:
        size: Any = self.size
        try:
            for kept in self._session.scalars(select(AuditRoot).where(which)).all():
                size = kept.size
                if what := self._root_fault(kept, head):
                    return Fault(f"root of {size} leaves", None, what)
        except UNREADABLE as problem:
            self._session.rollback()
            return Fault(f"root of {size} leaves", None, f"it cannot be read: {problem}")
        return None

    def _root_fault(self, kept: AuditRoot, head: bytes) -> str | None:
        if self._signer.verify(kept.jws, kept.signature_alg) != root_claims(kept):
            return "its signature is not over it"
        tree = self._trees[kept.hash_alg]
        if (kept.size, kept.root, kept.head) != (tree.size, tree.root(), head):
            return "it is not a root of this log"
        return None


def _node_name(hash_alg: str, level: Any, number: Any) -> str:
    return f"node {number} of level {level} ({hash_alg})"
