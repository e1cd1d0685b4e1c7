"""A model's days are kept as files, and what is beyond its limit is told with a proposal."""

from datetime import date
from pathlib import Path

import pytest

from features.health.alerts import MODELS, Alert, keep_alerts, kept_alerts
from features.health.day_files import days_of
from models.monitoring.cli import short
from models.monitoring.days import FOLDER, alerts_of, keep_measures, read_measures
from models.monitoring.measures import Measure, What

DAY = date(2023, 4, 30)


def measure(what: What, subject: str, figure: float, *, breach: bool = False) -> Measure:
    return Measure(what, subject, 900, 0.05, 0.09, figure, 0.25, breach)


def test_a_day_is_read_as_it_was_kept_and_replaced_when_measured_again(tmp_path: Path) -> None:
    assert read_measures(tmp_path, "sme_default", DAY) == []
    first, second = [measure("score", "score", 0.1)], [measure("score", "score", 0.3, breach=True)]
    for measures in (first, second):
        keep_measures(tmp_path, "sme_default", "2", DAY, measures)
        assert read_measures(tmp_path, "sme_default", DAY) == measures
    assert days_of(tmp_path / FOLDER, "sme_default") == [DAY]
    assert days_of(tmp_path / FOLDER, "invoice_default") == []


def test_a_version_released_on_the_same_day_has_measures_of_its_own(tmp_path: Path) -> None:
    old, new = [measure("score", "score", 0.3, breach=True)], [measure("score", "score", 0.1)]
    keep_measures(tmp_path, "sme_default", "2", DAY, old)
    assert read_measures(tmp_path, "sme_default", DAY, "3") == []
    keep_measures(tmp_path, "sme_default", "3", DAY, new)
    assert [read_measures(tmp_path, "sme_default", DAY, version) for version in ("2", "3")] == [old, new]


@pytest.mark.parametrize(
    ("what", "subject", "code", "says"),
    [
        ("score", "sme_default", "score shift", "PSI 0.40 of its score"),
        ("feature", "sme_default: AGE", "feature shift", "CSI 0.40 (0.25 is another population), unknown 9.0%"),
        ("reason", "sme_default: AGE", "reason shift", "9.0% of its adverse reasons, 5.0% in training"),
        ("vintage", "sme_default: AGE", "bad rate", "9.0% of the loans went bad, 5.0% were expected to"),
    ],
)
def test_each_breach_is_an_alert_and_a_training_is_proposed(what: What, subject: str, code: str, says: str) -> None:
    told = alerts_of("sme_default", "3", [measure(what, "AGE", 0.4, breach=True), measure("score", "score", 0.0)])
    assert (told[0].subject, told[0].code) == (subject, code)
    assert told[0].text.startswith(says)
    assert told[1].code == "retrain"
    assert told[1].text.startswith("1 measure of version 3 beyond the limit")
    assert told[1].text.endswith("bureau models train sme_default")


def test_without_a_breach_nothing_is_told() -> None:
    assert alerts_of("sme_default", "3", [measure("score", "score", 0.2)]) == []


def test_alerts_of_models_stand_beside_those_of_feeds(tmp_path: Path) -> None:
    told = [Alert("sme_default", "retrain", "train again")]
    assert kept_alerts(tmp_path, MODELS, DAY) == []
    keep_alerts(tmp_path, MODELS, DAY, told)
    assert kept_alerts(tmp_path, MODELS, DAY) == told


def test_the_short_table_shows_what_moved_most_and_every_breach() -> None:
    features = [measure("feature", f"f{i}", i / 100) for i in range(9)] + [measure("feature", "x", 0.0, breach=True)]
    shown = short([*features, measure("vintage", "2022 H1", 1.0), measure("score", "score", 0.1)])
    assert [one.subject for one in shown] == ["score", "f8", "f7", "f6", "f5", "f4", "x", "2022 H1"]
