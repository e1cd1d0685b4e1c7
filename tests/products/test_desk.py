"""The desk: what serves, and models that change under it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bureau.errors import DamagedModel, ModelNotReleased, ProductNotServed, SourceDown, UnreadableFile
from features.lake.lake import open_lake
from features.sources.source import claim_source
from products.desk import Desk, Shelf, open_desk
from tests.factories.desks import TODAY, desk_of, release_tiny_model


@pytest.fixture
def models(city: Desk, tmp_path: Path) -> Desk:
    """The city's desk with model files of its own."""
    shutil.copytree(city.home / "models", tmp_path / "models")
    return replace(city, home=tmp_path, shelf=Shelf(tmp_path))


def test_the_city_serves_some_products_and_the_contest_another(city: Desk, contest: Desk) -> None:
    assert (city.serves("P07"), city.serves("P11")) == (True, False)
    assert (city.model_for("P08").name, city.model_for("P10").name) == ("first_loan", "tax_behaviour")
    assert (contest.serves("P07"), contest.serves("P11")) == (False, True)
    assert contest.model_for("P11").name == "invoice_default"
    with pytest.raises(ProductNotServed, match="'city'"):
        city.model_for("P11")


def test_a_model_is_read_once(models: Desk) -> None:
    assert models.model_for("P07") is models.model_for("P07")


def test_a_new_release_is_served_without_a_restart(models: Desk) -> None:
    first = models.model_for("P07")
    release_tiny_model(models.home, models.lake, "sme_default", version="2", trees=5)
    assert (first.version, models.model_for("P07").version) == ("1", "2")


def test_a_release_that_is_taken_back_is_not_served(models: Desk) -> None:
    models.model_for("P07")
    (models.home / "models" / "sme_default" / "released.json").unlink()
    with pytest.raises(ModelNotReleased):
        models.model_for("P07")


def test_a_model_that_was_tampered_with_is_not_served(models: Desk) -> None:
    path = models.home / "models" / "sme_default" / "1" / "model.json"
    path.write_text(path.read_text("utf-8").replace("信用优良", "信用极好"), "utf-8")
    with pytest.raises(DamagedModel):
        models.model_for("P07")


def test_a_home_without_a_source_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match="bureau source load"):
        desk_of(tmp_path)


def test_a_home_may_bring_its_own_serving(tmp_path: Path) -> None:
    open_lake(tmp_path, f"sqlite:///{tmp_path / 'catalogue.db'}")
    claim_source(tmp_path, "cumcm", TODAY)
    (tmp_path / "serving.yaml").write_text("cumcm: {P07: invoice_default}\n", "utf-8")
    assert desk_of(tmp_path).serving == {"P07": "invoice_default"}
    (tmp_path / "serving.yaml").write_text("cumcm: {seven: invoice_default}\n", "utf-8")
    with pytest.raises(UnreadableFile, match=r"serving\.yaml"):
        desk_of(tmp_path)


def test_a_serving_given_is_the_one_used(city: Desk) -> None:
    url = f"sqlite:///{city.home / 'catalogue.db'}"
    assert open_desk(city.home, url, TODAY, serving={"P11": "invoice_default"}).serves("P11")
