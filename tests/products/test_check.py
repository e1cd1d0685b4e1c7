"""`products check`: every file of the house holds together, and a fault is one sentence."""

from functools import partial
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from products import cli
from products.check import check_files
from products.cli import products
from products.decisions.policy import POLICIES
from products.product import CATALOGUE
from products.serving import SERVING
from tests.factories.retiring import retire


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A copy of the house's data files."""
    catalogue, policies, serving = tmp_path / "catalogue", tmp_path / "policies", tmp_path / "serving.yaml"
    copytree(CATALOGUE, catalogue)
    copytree(POLICIES, policies)
    serving.write_text(SERVING.read_text("utf-8"), "utf-8")
    return {"catalogue": catalogue, "policies": policies, "serving": serving}


def spoilt(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_files_of_the_house_hold_together() -> None:
    files, faults = check_files()
    assert faults == []
    assert files == len(list(CATALOGUE.glob("*.yaml"))) + len(list(POLICIES.glob("*.yaml"))) + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        pytest.param("P07", "tax_grade\n", "tax_grad\n", "There is no feature 'tax_grad'. Did you mean: tax_grade",
                     id="unknown feature"),
        pytest.param("P01", "[F01, F02,", "[F01, F02, F99,", "There is no feed 'F99'", id="unknown feed"),
        pytest.param("P01", "columns: [change_date, item]", "columns: [change_date, items]",
                     "There is no column of F02 'items'", id="unknown column"),
        pytest.param("P01", "feeds: [F01, ", "feeds: [F15, F01, ", "F15 is of level L3", id="private, without consent"),
        pytest.param("P01", "feeds: [F01, ", "features: [sales_trend_6p]\n    feeds: [F01, ",
                     "'sales_trend_6p' needs consent CL1", id="private feature without consent"),
        pytest.param("P07", "feeds: [F01, ", "feeds: [F60, F01, ", "F60 is what models predict", id="bank feedback"),
        pytest.param("P07", "      - insured_staff\n", "", "its model reads 'insured_staff'",
                     id="the model reads what the product may not"),
        pytest.param("P07", "      - insured_staff\n", "      - insured_staff\n      - customers_12m\n",
                     "'customers_12m' may not be read for the purpose supervision", id="a purpose that is closed"),
        pytest.param("P07", "      - insured_staff\n", "      - insured_staff\n      - sales_red_share_12p\n",
                     "it reads 'sales_red_share_12p' and nothing in it needs that", id="more than it needs"),
        pytest.param("P07", "advice:\n", "advice:\n  - industry_section\n",
                     "'industry_section' is nothing a firm can change", id="advice nobody can follow"),
        pytest.param("P11", "advice:\n", "advice:\n  - zero_vat_declarations_12p\n",
                     "zero_vat_declarations_12p", id="advice on what it may not read"),
        pytest.param("P11", "version: 2", "version: one", "P11.yaml: version: ", id="a version in words"),
        pytest.param("default", 'op: ">="', 'op: "=>"', "default.yaml: rules.0.when.0.op", id="unknown operator"),
        pytest.param("serving", "P07: sme_default", "P77: sme_default", "there is no score product P77",
                     id="an unknown product is served"),
        pytest.param("serving", "P07: sme_default", "P07: sme_defualt", "There is no model 'sme_defualt'",
                     id="an unknown model serves"),
        pytest.param("serving", "P07: sme_default", "P07: [sme_default]", "serving.yaml: city.P07",
                     id="a model that is a list"),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_that_names_the_file(
    files: dict[str, Path], file: str, old: str, new: str, says: str
) -> None:
    path = {"default": files["policies"] / "default.yaml", "serving": files["serving"]}.get(
        file, files["catalogue"] / f"{file}.yaml"
    )
    spoilt(path, old, new)
    faults = check_files(**files)[1]
    assert any(says in fault and str(path) in fault for fault in faults), faults
    assert not any("\n" in fault for fault in faults)


def test_a_model_of_the_shelf_reads_nothing_that_is_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    retired, successor = retire(monkeypatch)
    faults = check_files()[1]
    told = f"its model's spec reads {retired.name!r}, which is retired: read {successor.name!r} instead."
    assert any(fault.endswith(f"P07.yaml: {told}") for fault in faults), faults


def test_every_fault_is_told_at_once(files: dict[str, Path]) -> None:
    spoilt(files["catalogue"] / "P01.yaml", "version: 1", "version: 0")
    spoilt(files["catalogue"] / "P31.yaml", "version: 1", "version: 0")
    assert len(check_files(**files)[1]) == 2


def test_the_commands() -> None:
    run = CliRunner().invoke
    assert "P07" in run(products, ["list"]).output
    assert '"free"' in run(products, ["list", "--format", "json"]).output
    assert "tax_arrears_open" in run(products, ["show", "P07"]).output
    assert "hold together" in run(products, ["check"]).output


def test_a_fault_ends_with_code_2(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt(files["catalogue"] / "P01.yaml", "version: 1", "version: 0")
    monkeypatch.setattr(cli, "check_files", partial(check_files, **files))
    result = CliRunner().invoke(products, ["check"])
    assert result.exit_code == 2
    assert "P01.yaml: version: " in result.output


def test_an_unknown_product_is_not_shown() -> None:
    assert "P99" in str(CliRunner().invoke(products, ["show", "P99"]).exception)
