"""A shadow beside live calls: stored and never shown; whatever happens to it, the answer stands."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from api.shadowing import WAITING, Given, Shadowing
from bureau.errors import SourceDown
from bureau.grant import operator_grant
from bureau.settings import Settings
from features.health.alerts import ANSWERS, kept_alerts
from features.lake.lake import open_lake
from models.artefact import MODEL_FILE
from models.boosted_trees import BoostedTrees, Floats
from models.shadow import ShadowAnswer, read_answers
from products.desk import Desk
from products.product import find_product
from products.reports.answer import Answer
from tests.factories.deployments import Caller, body_of, deployment_of, scored_home
from tests.factories.desks import SOUND, TODAY, release_tiny_model

NAME = "sme_default"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A served home with version 1 in service and version 2, of fewer trees, as its shadow."""
    settings = scored_home(Path(tmp_path_factory.mktemp("shadowed")))
    folder = settings.home / "models" / NAME
    served = (folder / "released.json").read_text("utf-8")
    release_tiny_model(settings.home, open_lake(settings.home, settings.catalogue_url), NAME, version="2", trees=5)
    shutil.move(folder / "released.json", folder / "shadow.json")
    (folder / "released.json").write_text(served, "utf-8")
    return settings


def said(home: Path, enough: Callable[[list[ShadowAnswer]], bool]) -> list[ShadowAnswer]:
    """What the shadow said, as soon as it is enough."""
    for _ in range(300):
        if enough(found := read_answers(home, NAME, "2")):
            return found
        time.sleep(0.1)
    raise AssertionError(f"the shadow said {len(found)} answers")


def report(bank: Caller) -> dict[str, object]:
    consent = bank.consent(SOUND, ["P07"])["consent_id"]
    answer = bank.report(SOUND, "P07", consent_id=consent)
    assert answer.status_code == 201, answer.text
    return body_of(answer)


def test_the_shadow_is_stored_beside_the_answer_and_shown_nowhere(settings: Settings, bank: Caller) -> None:
    shown = report(bank)
    (line,) = said(settings.home, lambda found: len(found) == 1)
    assert line.call_id == shown["report_id"]
    assert line.champion == {"version": "1", **{name: shown["result"][name] for name in ("score", "grade", "pd")}}  # type: ignore[index]
    assert line.problem is None
    assert line.pd != pytest.approx(line.champion["pd"], abs=1e-9)
    assert line.snapshot > 0
    assert shown["model"] == {"name": NAME, "version": "1"}
    assert bank.get(f"/v1/reports/{shown['report_id']}").json() == shown
    assert SOUND not in json.dumps(vars(line))


def test_a_retry_is_no_second_answer_of_the_shadow(settings: Settings, bank: Caller) -> None:
    before = len(read_answers(settings.home, NAME, "2"))
    consent = bank.consent(SOUND, ["P07"])["consent_id"]
    for _ in range(2):
        bank.report(SOUND, "P07", consent_id=consent, key="twice")
    report(bank)
    assert len(said(settings.home, lambda found: len(found) >= before + 2)) == before + 2


def test_a_shadow_that_cannot_be_read_disturbs_no_answer(
    settings: Settings, bank: Caller, http: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    path = settings.home / "models" / NAME / "2" / MODEL_FILE
    whole = path.read_bytes()
    deployment_of(http).desk().shelf._beside.clear()
    path.write_bytes(b"rubbish")
    before = len(read_answers(settings.home, NAME, "2"))
    try:
        assert report(bank)["outcome"] == "found"
        for _ in range(300):
            if "The answer given stands" in caplog.text:
                break
            time.sleep(0.1)
    finally:
        path.write_bytes(whole)
    report(bank)
    assert len(said(settings.home, lambda found: len(found) > before)) == before + 1


def shadow_of(http: TestClient) -> BoostedTrees:
    """What the shadow's version 2 computes by, as the server holds it."""
    model = deployment_of(http).desk().shelf.shadow(NAME)
    assert model is not None
    predictor = model.predictor
    assert isinstance(predictor, BoostedTrees)
    return predictor


def test_a_shadow_whose_reasons_miss_its_score_rings_and_the_answer_stands(
    settings: Settings, bank: Caller, http: TestClient
) -> None:
    before = len(read_answers(settings.home, NAME, "2"))
    shadow_of(http).apart.table[:] *= 1.01
    try:
        assert report(bank)["outcome"] == "found"
        *_, last = said(settings.home, lambda found: len(found) > before)
    finally:
        deployment_of(http).desk().shelf._beside.clear()
    assert (last.problem, last.score) == ("contributions-disagree", None)
    (alert,) = kept_alerts(settings.home / "health", ANSWERS, TODAY)
    assert (alert.subject, alert.code) == (NAME, "shadow answers withheld")
    assert f"end it with: bureau models shadow {NAME} --off --by PERSON" in alert.text


@dataclass(frozen=True)
class Held(BoostedTrees):
    """A shadow that computes nothing until it is let go."""

    let_go: Event = field(default_factory=Event)

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        assert self.let_go.wait(60)
        return super().parts(matrix)


def test_the_answer_leaves_before_its_shadow_has_begun_to_compute(
    settings: Settings, bank: Caller, http: TestClient
) -> None:
    """However long the shadow takes: ten callers have their answers while it still holds the first."""
    shelf, own = deployment_of(http).desk().shelf, shadow_of(http)
    held = Held(own.text, own.booster)
    release, model = shelf._beside[NAME]
    shelf._beside[NAME] = (release, replace(model, predictor=held))
    before = len(read_answers(settings.home, NAME, "2"))
    try:
        answers = [report(bank) for _ in range(10)]
        assert [answer["outcome"] for answer in answers] == ["found"] * 10
        assert len(read_answers(settings.home, NAME, "2")) == before
    finally:
        held.let_go.set()
        shelf._beside.clear()
    *_, last = said(settings.home, lambda found: len(found) == before + 10)
    assert (last.call_id, last.problem) == (answers[-1]["report_id"], None)


def test_more_answers_than_can_wait_go_without() -> None:
    """Nobody takes from the queue of shadowing that was never started."""
    shadowing = Shadowing(_no_desk)
    answer = Answer("P07", 1, SOUND, None, TODAY, "found", {}, 1, NAME, "1", "")
    given = Given("c1", find_product("P07"), answer, operator_grant(), datetime.now(UTC))
    for _ in range(WAITING + 3):
        shadowing.offer(given)
    assert shadowing.missed == 3


def _no_desk() -> Desk:
    raise SourceDown("This home holds no records yet.")
