"""Derived feeds: SQL over the visible rows of other feeds, with the interval in which each pairing was known.

A pair of rows is known while both are: from the later beginning until before the earlier end. So corrections and
withdrawals of either side reach a derived feed by themselves.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from features.contracts.bankruptcy import BANKRUPTCY
from features.contracts.contract import Contract
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.officer import LIAISON, OFFICER
from features.contracts.related_event import BANKRUPT, DISHONEST, ENFORCED
from features.contracts.shareholder import SHAREHOLDER

FIRMS_PER_PERSON = 50
"""A person counts in the first so many firms only: an agent who lends his name to hundreds relates nobody. The first
by the day they became known, so that a later firm changes no earlier view."""

Rows = Callable[[Contract], str]
"""The visible rows of a feed, as a sub-select."""


def derived_sql(contract: Contract, rows: Rows) -> str:
    """The sub-select of a derived feed: its own columns, `READ_COLUMNS`, `known_from` and `known_to`."""
    return f"({_MAKERS[contract.code](rows)})"


def fingerprint(contract: Contract, files: Mapping[str, list[Path]]) -> str:
    """Names a derived feed's query and the state of the feeds it is made of; equal names, equal rows."""
    listed = "\n".join(f"{code}:{path.name}" for code in sorted(files) for path in files[code])
    query = derived_sql(contract, lambda base: base.code)
    return hashlib.sha256(f"{query}\n{listed}".encode()).hexdigest()[:20]


def tied_by(tie_no: int) -> tuple[str, int]:
    """The feed and record number of an enterprise's own record, from the number derived feeds cite it by.

    A record's number is one among its own feed's and never negative; an officer's, n, is cited as -1 - n.
    """
    return (SHAREHOLDER.code, tie_no) if tie_no >= 0 else (OFFICER.code, -1 - tie_no)


def _ties(rows: Rows) -> str:
    """Who holds or runs which firm: (enterprise_id, person, since, until, record_no, tie_no, known_from, known_to)."""
    held = (
        "SELECT enterprise_id, holder_hash AS person, entered_on AS since, left_on AS until, record_no,"
        f" record_no AS tie_no, known_from, known_to FROM {rows(SHAREHOLDER)} WHERE holder_hash IS NOT NULL"
    )
    led = (
        "SELECT enterprise_id, person_hash AS person, appointed_on AS since, resigned_on AS until, record_no,"
        f" -1 - record_no AS tie_no, known_from, known_to FROM {rows(OFFICER)} WHERE role <> '{LIAISON}'"
    )
    return f"{held} UNION ALL {led}"


def _pairs(rows: Rows) -> str:
    """Pairs of firms that had a person in common on the same day, both ways."""
    return f"""
        ties AS MATERIALIZED ({_ties(rows)}),
        firsts AS (SELECT person, enterprise_id, min(known_from) AS first FROM ties GROUP BY ALL),
        counted AS (
            SELECT person, enterprise_id FROM firsts
            QUALIFY row_number() OVER (PARTITION BY person ORDER BY first, enterprise_id) <= {FIRMS_PER_PERSON}
                AND count(*) OVER (PARTITION BY person) > 1
        ),
        shared AS MATERIALIZED (SELECT t.* FROM ties t SEMI JOIN counted USING (person, enterprise_id)),
        pairs AS (
            SELECT a.enterprise_id, b.enterprise_id AS related, greatest(a.since, b.since) AS since,
                least(a.until, b.until) AS until, a.tie_no,
                xor(a.record_no, b.record_no) AS pair_no,
                greatest(a.known_from, b.known_from) AS known_from, least(a.known_to, b.known_to) AS known_to
            FROM shared a JOIN shared b USING (person)
            WHERE a.enterprise_id <> b.enterprise_id
                AND greatest(a.since, b.since) < coalesce(least(a.until, b.until), DATE 'infinity')
                AND a.known_from < coalesce(b.known_to, a.known_from + 1)
                AND b.known_from < coalesce(a.known_to, b.known_from + 1)
        )"""


def _related_firms(rows: Rows) -> str:
    return f"""WITH {_pairs(rows)}
        SELECT NULL::VARCHAR AS uscc, related::BIGINT AS related_no, until AS ended_on, tie_no, enterprise_id,
            'X01-' || pair_no AS record_id, pair_no AS record_no, 1 AS version, since AS event_date,
            since AS publish_date, known_from, known_to FROM pairs"""


def _related_events(rows: Rows) -> str:
    events = " UNION ALL ".join(
        f"SELECT enterprise_id, record_no, event_date, {closed} AS closed_on, {removed} AS removed_on,"
        f" '{kind}' AS kind, known_from, known_to FROM {rows(contract)} WHERE {counts}"
        for contract, kind, closed, removed, counts in (
            (ENFORCEMENT, ENFORCED, "closed_on", "NULL::DATE", "TRUE"),
            (DISHONEST_DEBTOR, DISHONEST, "removed_on", "removed_on", "TRUE"),
            # A restructured firm is as good as any other.
            (BANKRUPTCY, BANKRUPT, "NULL::DATE", "NULL::DATE", "stage = '宣告'"),
        )
    )
    return f"""WITH {_pairs(rows)}, events AS ({events})
        SELECT NULL::VARCHAR AS uscc, p.related::BIGINT AS related_no, e.record_no AS event_no, e.kind, e.closed_on,
            p.until AS relation_ended_on, e.removed_on, p.tie_no,
            p.enterprise_id, 'X02-' || xor(p.pair_no, e.record_no) AS record_id,
            xor(p.pair_no, e.record_no) AS record_no, 1 AS version, e.event_date, e.event_date AS publish_date,
            greatest(p.known_from, e.known_from) AS known_from, least(p.known_to, e.known_to) AS known_to
        FROM pairs p JOIN events e ON e.enterprise_id = p.related
        WHERE p.known_from < coalesce(e.known_to, p.known_from + 1)
            AND e.known_from < coalesce(p.known_to, e.known_from + 1)"""


_MAKERS: Mapping[str, Callable[[Rows], str]] = {"X01": _related_firms, "X02": _related_events}
