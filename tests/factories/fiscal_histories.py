"""Random first versions of tax, labour, customs and public-money records of one firm."""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import Any

from tests.factories.customs import customs_grade, trade_month
from tests.factories.labour import housing_fund, insurance_arrears, labour_dispute
from tests.factories.public_money import payment_complaint, procurement, subsidy
from tests.factories.tax import Row, export_refund, financial_statement, tax_registration, tax_violation

QUARTERS = ("2023-06", "2023-12", "2024-03", "2024-06", "2024-09", "2024-12", "2025-03")


def fiscal_rows(
    chance: Random, firm: str, months: Sequence[str], day: Callable[[], date], maybe: Callable[[Any], Any], last: date
) -> list[Row]:
    """Months of the fund, of trade and of refunds, some statements, and a few records of each other feed."""
    rows = [_statement(chance, firm, quarter) for quarter in chance.sample(QUARTERS, 6)]
    for month in chance.sample(months, 12):
        members = chance.randrange(9)
        rows.append(housing_fund(firm, month, members, paid_fen=members * 9, arrears_months=chance.randrange(3)))
        rows.append(_trade(chance, firm, month))
        rows.append(export_refund(firm, month, chance.randrange(9_000), refund_class=chance.choice(["一类", "三类"])))
    once: list[Callable[[int], Row]] = [
        lambda n: tax_registration(firm, day(), record_id=f"F13-{firm}-{n}", state=chance.choice(["正常", "非正常"])),
        lambda n: tax_violation(firm, day(), case_no=f"{firm}-{n}", kind=chance.choice(["偷税", "虚开发票"])),
        lambda n: insurance_arrears(firm, chance.choice(months), record_id=f"F23-{firm}-{n}", cleared_on=maybe(last)),
        lambda n: labour_dispute(firm, day(), case_no=f"{firm}-{n}", closed_on=maybe(last), result=maybe("支持")),
        lambda n: customs_grade(firm, day(), record_id=f"F44-{firm}-{n}", grade=chance.choice(["注册", "失信"])),
        lambda n: subsidy(firm, day(), f"P{n}", record_id=f"F56-{firm}-{n}", recovered_on=maybe(last)),
        lambda n: procurement(firm, day(), chance.choice(["中标", "投标", "违约"]), record_id=f"F57-{firm}-{n}"),
        lambda n: payment_complaint(firm, day(), chance.choice(["投诉人", "被投诉人"]), record_id=f"F59-{firm}-{n}"),
    ]
    return rows + [make(n) for make in once for n in range(chance.randrange(1, 4))]


def _statement(chance: Random, firm: str, quarter: str) -> Row:
    """Debt, cash and profit of either sign; now and then nothing to divide by."""
    return financial_statement(
        firm,
        quarter,
        liabilities_fen=chance.randrange(9 * 10**7),
        cash_fen=chance.randrange(10**7),
        revenue_fen=chance.choice([0, chance.randrange(10**8)]),
        net_profit_fen=chance.randrange(-(10**7), 10**7),
        inventory_fen=chance.choice([None, 10**7]),
    )


def _trade(chance: Random, firm: str, month: str) -> Row:
    return trade_month(
        firm,
        month,
        chance.choice(["进口", "出口"]),
        amount_usd_cents=chance.randrange(10**7),
        declarations=chance.randrange(1, 9),
        top_country=chance.choice(["USA", "VNM", None]),
    )
