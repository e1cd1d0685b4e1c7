"""The lines of a month: calls that cost for the same reason under the same contract version, what they are, and what
of them wallets paid."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from api.billing.months import Month
from api.contracts.tables import ContractVersion
from api.metering.tables import Call, UsageLine, WalletEntry

Asked = Select[*tuple[Any, ...]]

GROUPED = (
    UsageLine.product_code,
    UsageLine.product_version,
    UsageLine.contract_version_id,
    UsageLine.rule,
    UsageLine.purpose,
    UsageLine.outcome,
    UsageLine.basis,
    UsageLine.kind,
)
"""What the calls of one line share."""


def statement_lines(session: Session, institution_id: int, month: Month) -> list[dict[str, Any]]:
    """The lines of a month, numbered from 1, in a fixed order; calls in test mode are on none."""
    sums = [func.sum(column) for column in (UsageLine.calls, UsageLine.units, UsageLine.amount_fen)]
    query = lines_of(select(*GROUPED, ContractVersion.version, *sums), institution_id, month.begins, month.ends)
    query = query.join(ContractVersion, ContractVersion.id == UsageLine.contract_version_id, isouter=True)
    rows = session.execute(query.group_by(*GROUPED, ContractVersion.version)).all()
    ordered = sorted(rows, key=lambda row: tuple((value is not None, value) for value in row[: len(GROUPED)]))
    return [
        {
            "number": number,
            "product": row.product_code,
            "product_version": row.product_version,
            "contract_version": row.version,
            "price_rule": row.rule,
            "purpose": row.purpose,
            "outcome": row.outcome,
            "basis": row.basis,
            "kind": row.kind,
            "calls": int(row[-3]),
            "units": int(row[-2]),
            "amount_fen": int(row[-1]),
        }
        for number, row in enumerate(ordered, 1)
    ]


def calls_of(session: Session, institution_id: int, month: Month, line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The calls, reversals and credits behind one line, in the order they were committed."""
    wanted = {
        UsageLine.product_code: line["product"],
        UsageLine.product_version: line["product_version"],
        UsageLine.rule: line["price_rule"],
        UsageLine.purpose: line["purpose"],
        UsageLine.outcome: line["outcome"],
        UsageLine.basis: line["basis"],
        UsageLine.kind: line["kind"],
        ContractVersion.version: line["contract_version"],
    }
    told = (UsageLine.id, UsageLine.call_id, Call.client_serial, UsageLine.amount_fen, UsageLine.committed_at)
    query = (
        lines_of(select(*told), institution_id, month.begins, month.ends)
        .join(Call, Call.id == UsageLine.call_id, isouter=True)  # a credit is of no call
        .join(ContractVersion, ContractVersion.id == UsageLine.contract_version_id, isouter=True)
        .where(*(column.is_(None) if value is None else column == value for column, value in wanted.items()))
        .order_by(UsageLine.committed_at, UsageLine.id)
    )
    for row in session.execute(query.execution_options(yield_per=1_000)).mappings():
        yield dict(row)


def paid_from_wallet(session: Session, institution_id: int, month: Month) -> int:
    """What a wallet paid of the lines of a month, less what flowed back into it, in fen."""
    query = select(func.sum(WalletEntry.amount_fen)).where(
        WalletEntry.institution_id == institution_id,
        WalletEntry.account == "revenue",
        WalletEntry.posted_at >= month.begins,  # the instant of its line
        WalletEntry.posted_at < month.ends,
    )
    return int(session.scalar(query) or 0)


def lines_of(
    query: Asked,
    institution_id: int | SQLColumnExpression[int],
    begins: datetime | SQLColumnExpression[datetime],
    ends: datetime,
) -> Asked:
    """Narrow a query to an institution's usage lines of a span, its end open; calls in test mode are on none.

    Institution and beginning may be those of a query around this one.
    """
    return query.where(
        UsageLine.institution_id == institution_id,
        UsageLine.committed_at >= begins,
        UsageLine.committed_at < ends,
        UsageLine.test.is_(False),
    )
