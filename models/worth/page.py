"""One page per feed, in Markdown with its drawing beside it, for a reader without a server."""

from collections.abc import Iterable
from pathlib import Path

from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from models.worth.drawing import course_svg
from models.worth.figures import Ablation, Point, Worth
from models.worth.files import write_whole

SHOWN_MONTHS = (-18, -12, -6, -3, -1, 0, 3, 6)


def write_pages(folder: Path, measured: Iterable[Worth]) -> None:
    """`Fxx.md` of each feed, and `Fxx.svg` where there is something to draw."""
    for worth in measured:
        if worth.courses:
            write_whole(folder / f"{worth.feed}.svg", course_svg(worth))
        write_whole(folder / f"{worth.feed}.md", page(worth))


def page(worth: Worth) -> str:
    """A feed's worth in words, figures, a drawing and a table."""
    contract = find_feed(worth.feed)
    head = [
        f"# {worth.feed} {contract.name} / {contract.name_en}",
        f"Measured by `{worth.model}` on what was known on {worth.day}, snapshot {worth.snapshot}.",
    ]
    if worth.ablation is None:
        return "\n\n".join([*head, "No published feature reads this feed, so there is nothing to measure.\n"])
    return "\n\n".join([*head, *_ablation(worth.features, worth.ablation), *_study(worth)]) + "\n"


def _ablation(features: int, found: Ablation) -> list[str]:
    return [
        "## Models with and without it",
        f"Learnt from {found.train_loans:,} loans ({found.train_defaults:,} defaults), judged by "
        f"{found.test_loans:,} newer ones ({found.test_defaults:,} defaults). Errors are standard errors over firms "
        "and over the chance in fitting.",
        "| model of | AUC |\n|---|---|\n"
        f"| all published features | {found.everything} |\n"
        f"| its {features} features alone | {found.alone} |\n"
        f"| the best of them, `{found.best_feature}` | {found.best} |\n"
        f"| lost without them | {found.loss} |",
    ]


def _study(worth: Worth) -> list[str]:
    matching = worth.matching
    words = [
        "## Around default",
        f"{matching.defaulted:,} borrowers that fell 90 days behind, and {matching.others:,} that were reported on in "
        f"the same month and never did, {matching.alike:.0%} of them of the same section and size. The difference is "
        "that of mean ranks in standard deviations, with its 95% band; every value is as known at that month's end.",
    ]
    if not worth.courses:
        return [*words, "The feed's features are categories, which have no difference to draw."]
    table = [
        f"| feature | {' | '.join(f'{month:+d}' for month in SHOWN_MONTHS)} |",
        f"|---|{'---|' * len(SHOWN_MONTHS)}",
        *(
            f"| {find_feature(course.feature).label_en} | "
            f"{' | '.join(difference(course.at(month)) for month in SHOWN_MONTHS)} |"
            for course in worth.strongest(len(worth.courses))
        ),
    ]
    return [*words, f"![Around default]({worth.feed}.svg)", "\n".join(table)]


def difference(point: Point | None) -> str:
    """A point's difference and half band; a dash where none was told."""
    if point is None or point.difference is None:
        return "—"
    return f"{point.difference:+.2f} ± {point.half or 0.0:.2f}"
