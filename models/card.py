"""A version's model card: the model's own page, and the figures of this version under it."""

from collections.abc import Sequence
from importlib import resources

from models.card_tables import report_tables
from models.cross_validation import Validation
from models.gates import Gate, refusal_of
from models.report import Report
from models.training import Trained


def card_text(trained: Trained, gates: Sequence[Gate], report: Report) -> str:
    """Markdown. The page says what the model is for and where it fails; this adds what was measured."""
    page = resources.files(f"models.{trained.spec.name}").joinpath("card.md").read_text("utf-8")
    lines = [
        *_measured(trained, gates),
        "",
        *_declared(trained),
        "",
        *_gates(gates),
        "",
        *report_tables(report),
        *_compared(trained.validations),
    ]
    return "\n".join([page.rstrip(), "", *lines, ""])


def _measured(trained: Trained, gates: Sequence[Gate]) -> list[str]:
    figures, facts = trained.figures, trained.facts
    refusal = refusal_of(gates)
    verdict = "may be released by two people" if refusal is None else f"**may not be released**: {refusal}"
    return [
        f"## Version {trained.model.version}",
        "",
        *(f"- {sentence}" for sentence in trained.said),
        f"- Kind: {trained.model.predictor.kind}; {verdict}.",
        f"- Labels: {facts['labels']} with {facts['defaults']} defaults, asked about from {facts['first_day']} to "
        f"{facts['last_day']}, as known on {facts['trained_as_of']}.",
        f"- Lake snapshot {facts['snapshot']}; feature definitions {facts['definition_hash'][:16]}.",
        "",
        "| measured on unseen rows | |",
        "|---|---|",
        f"| rows, defaults | {figures.rows}, {figures.defaults} |",
        f"| AUC (0.5 is a coin's) | {figures.auc} |",
        f"| KS | {figures.ks:.3f} |",
        f"| mean PD said, share in default | {figures.mean_pd:.4f}, {figures.base_rate:.4f} |",
        f"| Brier score, of one rate for all | {figures.brier:.4f}, {figures.brier_constant:.4f} |",
        "| calibration line: slope, intercept (1 and 0 are right) | "
        f"{figures.calibration_slope:.2f}, {figures.calibration_intercept:.2f} |",
    ]


def _declared(trained: Trained) -> list[str]:
    return ["| asked | |", "|---|---|", *(f"| {term} | {told} |" for term, told in trained.facts["declared"].items())]


def _gates(gates: Sequence[Gate]) -> list[str]:
    rows = (f"| {gate.name} | {'open' if gate.passed else '**shut**'} | {gate.told} |" for gate in gates)
    return ["| gate | | found |", "|---|---|---|", *rows]


def _compared(validations: Sequence[Validation]) -> list[str]:
    rows = (
        f"| {v.kind} | {v.auc:.3f} | {v.spread:.3f} | {v.fold_spread:.3f} | {v.interval.low:.3f} to "
        f"{v.interval.high:.3f} |"
        for v in validations
    )
    if not validations:
        return []
    how = "spans judged in time" if validations[0].in_time else "cross-validation"
    return [
        f"| {how} | mean AUC | spread of repeats | spread of folds | 95% interval over firms |",
        "|---|---|---|---|---|",
        *rows,
    ]
