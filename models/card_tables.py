"""The report's part of a model card: tables in Markdown."""

from collections.abc import Iterable

from models.report import Report, Slice

CSI_SHOWN = 10


def report_tables(report: Report) -> list[str]:
    """Lines of Markdown: calibration, lift, reliability, months, shifts and segments, each only where there is any."""
    return [
        *_table(("measured on unseen rows", "", "95% interval"), _figures(report)),
        *_table(
            ("riskiest share of firms", "lift: defaults there, as many times as among all"),
            ((share, f"{found:.2f}") for share, found in report.lift.items()),
        ),
        *_table(
            ("mean PD said", "share in default", "95% interval"),
            (
                (f"{band['pd']:.4f}", f"{band['observed']:.4f}", f"{band['low']:.4f} to {band['high']:.4f}")
                for band in report.reliability
            ),
        ),
        *_table(
            ("month of grant", "rows", "defaults", "share in default", "mean PD said", "Gini (95% interval)"),
            map(_slice, report.months),
        ),
        *_table(
            ("most moved feature", "CSI (over 0.25: another population)", "reached by chance once in 20"),
            ((name, f"{one.index:.3f}", f"{one.chance:.3f}") for name, one in list(report.csi.items())[:CSI_SHOWN]),
        ),
        *_table(
            ("division", "group", "rows", "defaults", "share in default", "mean PD said", "Gini (95% interval)"),
            ((one.by, *_slice(one)) for one in report.segments),
        ),
    ]


def _figures(report: Report) -> Iterable[tuple[str, ...]]:
    for name, found in (
        ("Gini", report.gini),
        ("calibration slope", report.slope),
        ("defaults observed for each said", report.observed_to_said),
        *([("change of Gini a year", report.trend.a_year)] if report.trend else []),
    ):
        yield name, f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}"
    if report.psi:
        yield "PSI of the score, calibration to test", f"{report.psi.index:.3f}", f"by chance {report.psi.chance:.3f}"


def _slice(one: Slice) -> tuple[str, ...]:
    gini = f"{one.gini.value:.2f} ({one.gini.low:.2f} to {one.gini.high:.2f})" if one.gini else "too few"
    return one.group, f"{one.rows:,}", f"{one.defaults:,}", f"{one.observed:.4f}", f"{one.said:.4f}", gini


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table with an empty line under it; nothing without rows."""
    told = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *told, ""] if told else []
