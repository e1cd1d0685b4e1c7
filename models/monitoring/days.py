"""What was measured of a model on a day, one file a model and day; a person is told what is beyond its limit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Literal

from bureau.errors import ContributionsDisagree
from features.health.alerts import Alert
from features.health.day_files import read_day_file, write_day
from models.monitoring.measures import Measure

FOLDER = "monitoring"
_SAID = {
    "feature": "CSI {figure:.2f} ({limit:.2f} is another population), unknown {found:.1%}, {expected:.1%} in training",
    "score": "PSI {figure:.2f} of its score against the training population; {limit:.2f} is another population",
    "reason": "{found:.1%} of its adverse reasons, {expected:.1%} in training",
    "vintage": "{found:.1%} of the loans went bad, {expected:.1%} were expected to",
}

Withheld = Literal["answers", "scores", "shadow answers", "trainings"]
"""What is asked of a model: by callers, by a person for a file or the city, of the version beside the served one, or of
a new version before it is kept."""
_DO: Mapping[Withheld, str] = {
    "answers": "go back with: bureau models rollback {model} --by PERSON, and have its folder checked",
    "scores": "if it serves, go back with: bureau models rollback {model} --by PERSON, and have its folder checked",
    "shadow answers": "end it with: bureau models shadow {model} --off --by PERSON, and have its folder checked",
    "trainings": "nothing new is kept and what is served stays: have this machine checked, and train again",
}


def keep_measures(home: Path, name: str, version: str, day: date, measures: Sequence[Measure]) -> None:
    """Keep a version's day; measured again, it is replaced, and what another version was measured at stays."""
    others = [row for row in read_day_file(home / FOLDER, name, day) if row["version"] != version]
    rows = [{"version": version, **asdict(measure)} for measure in measures]
    write_day(home / FOLDER, name, day, [*others, *rows])


def read_measures(home: Path, name: str, day: date, version: str | None = None) -> list[Measure]:
    """What was measured of a model on a day; nothing where nothing was. version: of this one alone."""
    return [
        Measure(**{key: value for key, value in row.items() if key != "version"})
        for row in read_day_file(home / FOLDER, name, day)
        if version in (None, row["version"])
    ]


def alerts_of(name: str, version: str, measures: Sequence[Measure]) -> list[Alert]:
    """One alert for each breach, and one that proposes a new training where there is any."""
    beyond = [measure for measure in measures if measure.breach]
    told = [Alert(_subject(name, one), _code(one), _SAID[one.what].format(**asdict(one))) for one in beyond]
    if beyond:
        count = f"{len(beyond)} measure{'' if len(beyond) == 1 else 's'} of version {version}"
        told.append(
            Alert(name, "retrain", f"{count} beyond the limit; a new one is proposed: bureau models train {name}")
        )
    return told


def alert_of_fault(fault: ContributionsDisagree, what: Withheld = "answers") -> Alert:
    """Something was refused because its reasons missed its score: the model must go before anything else."""
    told = (
        f"{what} are withheld: the contributions of version {fault.version} missed its score by {fault.gap:.3g} "
        f"log-odds; {_DO[what].format(model=fault.model)}"
    )
    return Alert(fault.model, "withheld" if what == "answers" else f"{what} withheld", told)


def _subject(name: str, measure: Measure) -> str:
    return name if measure.what == "score" else f"{name}: {measure.subject}"


def _code(measure: Measure) -> str:
    return "bad rate" if measure.what == "vintage" else f"{measure.what} shift"
