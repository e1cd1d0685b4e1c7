"""The lake's catalogue: who exists, which files make up each snapshot, what waits in quarantine.

Columns that are compared with Parquet hold UTC microseconds as plain integers (`known_*`, a row's `received_at`).
Files, links and snapshots are only added and ended, so an old snapshot reads as it did.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bureau.db import Instant
from features.lake.packing import PackedText


class CatalogueBase(DeclarativeBase):
    """Every table of the catalogue; instants are UTC microseconds."""

    type_annotation_map = {datetime: Instant, str: Text}  # noqa: RUF012


class Snapshot(CatalogueBase):
    """One state of the lake. Answers and training sets store its number."""

    __tablename__ = "lake_snapshot"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    act: Mapped[str]  # land | relink | replay | end-link | compact | erase | archive
    feed: Mapped[str | None]


class EnterpriseRow(CatalogueBase):
    """One enterprise under its dense number. The name is a label of the present, not evidence."""

    __tablename__ = "enterprise"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uscc: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    name_version: Mapped[int] = mapped_column(default=0)  # of the registration record the name stands in
    name_known_at: Mapped[int] = mapped_column(BigInteger, default=0)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))


class Alias(CatalogueBase):
    """Another key by which a source names an enterprise.

    ended_in: the snapshot from which on no registration brought it; None again once one does.
    """

    __tablename__ = "enterprise_alias"
    __table_args__ = (UniqueConstraint("key", "enterprise_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    known_at: Mapped[int] = mapped_column(BigInteger)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))
    ended_in: Mapped[int | None]


class EnterpriseNumber(CatalogueBase):
    """A number an enterprise ever bore before the codes, since when, and since when known: the earliest of each.

    Until when it was known to bear it say the rows that bring it: this only tells whose to look at.
    kind: the column it stood in, reg_no or tax_id. added_in: the snapshot that added it or moved a day of it.
    """

    __tablename__ = "enterprise_number"
    __table_args__ = (UniqueConstraint("key", "kind", "enterprise_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    borne_from: Mapped[date]
    known_at: Mapped[int] = mapped_column(BigInteger)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"), index=True)


class Link(CatalogueBase):
    """A key that belongs to an enterprise though no code says so, from `known_from` until it is undone."""

    __tablename__ = "record_link"
    __table_args__ = (UniqueConstraint("key", "enterprise_id", "known_from"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    rule: Mapped[str]  # of the ladder: number | name | former-name | branch | trade-name | shop-name | review | record
    score: Mapped[float]
    known_from: Mapped[int] = mapped_column(BigInteger)
    known_to: Mapped[int | None] = mapped_column(BigInteger)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))
    ended_in: Mapped[int | None] = mapped_column(ForeignKey("lake_snapshot.id"))


class Batch(CatalogueBase):
    """One delivery that was landed, and what became of its rows."""

    __tablename__ = "lake_batch"
    __table_args__ = (
        UniqueConstraint("feed", "batch_id", "sha256"),
        Index("ix_lake_batch_received", "feed", "received_at", "added_in"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    batch_id: Mapped[str]
    sha256: Mapped[str]
    publisher: Mapped[str]
    produced_at: Mapped[datetime]
    received_at: Mapped[datetime]  # of the newest row, where the delivery is history
    history: Mapped[bool]
    rows: Mapped[int]
    landed: Mapped[int]
    quarantined: Mapped[int]
    unchanged: Mapped[int]
    doubtful: Mapped[int]
    refused: Mapped[int | None]  # broke their contract, those that waited already too; None: an earlier version's
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"), index=True)


class LakeFile(CatalogueBase):
    """One file of the manifest. It belongs to the snapshots from `added_in` until before `removed_in`.

    kind: `rows`, or `closings` (which stored rows ended when). bucket: set once compacted. Path: under the lake.
    """

    __tablename__ = "lake_file"
    # Few of all files ever listed are there still, or were a moment ago: those come first.
    __table_args__ = (Index("ix_lake_file_standing", "removed_in", "feed", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    path: Mapped[str] = mapped_column(unique=True)
    bucket: Mapped[int | None]
    rows: Mapped[int]
    sha256: Mapped[str]
    min_known: Mapped[int | None] = mapped_column(BigInteger)
    max_known: Mapped[int | None] = mapped_column(BigInteger)
    min_record: Mapped[int | None] = mapped_column(BigInteger)  # of record numbers, None in a file of closings
    max_record: Mapped[int | None] = mapped_column(BigInteger)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))
    removed_in: Mapped[int | None] = mapped_column(ForeignKey("lake_snapshot.id"))


class Quarantined(CatalogueBase):
    """A row that waits: why, and its cells as text so that it can be tried again under a later contract, both packed.

    code: cell | person | rule | uscc | date | publisher | conflict | unlinked.
    settled_in: the snapshot in which it no longer waited.
    """

    __tablename__ = "quarantined_row"
    __table_args__ = (UniqueConstraint("feed", "row_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    batch_no: Mapped[int] = mapped_column(ForeignKey("lake_batch.id"))
    record_id: Mapped[str | None]
    code: Mapped[str]
    reason: Mapped[str] = mapped_column(PackedText)
    cells: Mapped[str] = mapped_column(PackedText)
    row_hash: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[int] = mapped_column(BigInteger)
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))
    settled_in: Mapped[int | None] = mapped_column(ForeignKey("lake_snapshot.id"))


class FeedStop(CatalogueBase):
    """A delivery refused because its columns are not those agreed. after_snapshot: the lake's newest at that time.

    publisher, produced_at: what it said of itself. acknowledged_at: when an operator let the feed go on.
    """

    __tablename__ = "feed_stop"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    file: Mapped[str]
    reason: Mapped[str]
    noted_at: Mapped[datetime]
    after_snapshot: Mapped[int]
    publisher: Mapped[str | None]
    produced_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class LinkReview(CatalogueBase):
    """A key that waits and an enterprise whose name is like it, for a person to decide."""

    __tablename__ = "link_review"
    __table_args__ = (UniqueConstraint("key", "enterprise_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    score: Mapped[float]
    state: Mapped[str]  # open | accepted | refused
    noted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Setting(CatalogueBase):
    """What was chosen once for this lake."""

    __tablename__ = "lake_setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Mark(CatalogueBase):
    """A record under objection, review or suit. Append-only: of several lines of a record and kind the newest known
    counts, and one with `until_day` ends the mark on that day."""

    __tablename__ = "record_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    record_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]  # objection | review | suit
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    basis: Mapped[str | None]
    known_at: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]


class Ending(CatalogueBase):
    """Which delivery ended the use of how many records, and why: the audit of repairs, revocations, withdrawals.

    The batch says who and the snapshot when; the rows themselves carry the number of the batch, so the lake tells
    which records they are and an erasure leaves none named here.
    first_day, last_day: the earliest and latest of the days from which use ended, None where not known.
    """

    __tablename__ = "record_ending"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    batch_no: Mapped[int] = mapped_column(ForeignKey("lake_batch.id"))
    cause: Mapped[str]  # withdrawn, the column that ends use, or erased: brought again, and nothing kept of it
    rows: Mapped[int]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"), index=True)


class Certificate(CatalogueBase):
    """Proof that records were erased: what, on which ground, which files changed. It names no record."""

    __tablename__ = "erasure_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    scope: Mapped[str]  # record | subject | expired
    basis: Mapped[str]
    made_at: Mapped[datetime]
    records: Mapped[int]
    rows: Mapped[int]
    body: Mapped[str]  # JSON
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))


class RewrittenDelivery(CatalogueBase):
    """A kept delivery that was written again without erased records. file: its path under the home.

    rows: how many are left. replaced: whether it stands in the place of the former one already.
    """

    __tablename__ = "rewritten_delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str]
    file: Mapped[str]
    sha256_before: Mapped[str]
    sha256_after: Mapped[str]
    rows: Mapped[int]
    replaced: Mapped[bool]


class ErasedRecord(CatalogueBase):
    """An erased record, by the keyed hash of its id: what a later delivery brings of it is left out."""

    __tablename__ = "erased_record"
    feed: Mapped[str] = mapped_column(primary_key=True)
    record_hash: Mapped[str] = mapped_column(primary_key=True)
    certificate: Mapped[int] = mapped_column(ForeignKey("erasure_certificate.id"))


class ArchiveFile(CatalogueBase):
    """De-identified rows of a feed that may be used for nothing but training. report: JSON, what was done to them."""

    __tablename__ = "archive_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(index=True)
    path: Mapped[str] = mapped_column(unique=True)
    rows: Mapped[int]
    sha256: Mapped[str]
    report: Mapped[str]
    made_at: Mapped[datetime]
    added_in: Mapped[int] = mapped_column(ForeignKey("lake_snapshot.id"))
