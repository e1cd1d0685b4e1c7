"""What the demonstration shows of its answers, in plain lines."""

from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]
Say = Callable[[str], None]
RECORDS_SHOWN = 3


def yuan(fen: int) -> str:
    """An amount of fen as people read it."""
    return f"{fen / 100:,.2f} yuan"


def tell_report(report: JSON, say: Say) -> None:
    """A report: who, the result, the reasons and the records behind them, the charge."""
    subject, product = report["subject"], report["product"]
    say(f"  {product['code']} of {subject['uscc']} {subject['name'] or ''}: {report['outcome']}")
    result = report["result"] or {}
    if "score" in result:
        earned = f"score {result['score']}, grade {result['grade']}, PD {result['pd']:.2%}"
        say(f"  {earned}, from {result['base_points']} points")
        tell_reasons(report, say)
    charge = report["charge"]
    say(f"  charged {yuan(charge['amount_fen'])} ({charge['outcome']}), report {report['report_id']}")


def tell_reasons(answer: JSON, say: Say) -> None:
    """Every reason with its points and the newest records behind it."""
    for reason in answer["reasons"]:
        say(f"    {reason['points']:+4d}  {reason['code']:<20} {reason['text']}")
        for record in reason["evidence"][:RECORDS_SHOWN]:
            say(f"            {record['feed']} {record['department']} {record['event_date']} {record['record_id']}")
    say(f"    {answer['other_points']:+4d}  everything else")


def tell_decision(decision: JSON, say: Say) -> None:
    """A decision: the verdict, its terms, every rule, and the reasons of the score."""
    say(f"  {decision['decision']} under policy {decision['policy']['name']} {decision['policy']['version']}")
    if decision["limit_fen"]:
        terms = f"{decision['rate_bps'] / 100:.2f} % a year, {decision['term_months']} months"
        say(f"  limit {yuan(decision['limit_fen'])}, {terms}")
    for rule in decision["rules"]:
        say(f"    {'fired' if rule['fired'] else 'not fired':<9} {rule['id']:<28} {rule['text']}")
    tell_reasons(decision, say)


def tell_matches(matches: list[JSON], say: Say) -> None:
    """Every loan product that met the need, condition by condition."""
    for match in matches:
        say(f"  {match['name']}: {'eligible' if match['eligible'] else 'not eligible'}")
        for condition in match["conditions"]:
            say(f"    {condition['status']:<9} {condition['text']}")


def tell_usage(rows: list[JSON], say: Say) -> None:
    """Usage by product, as the ledger counts it."""
    for row in rows:
        say(f"  {row['product']}: {row['calls']} calls, {row['hits']} hits, {yuan(row['charged_fen'])}")
