"""What departments write otherwise than agreed is measured, and a rate that is not kept is seen."""

from pathlib import Path

from features.sources.city.promises import size_of
from features.sources.city.wording_checks import check_wording
from features.sources.source import Verdict
from tests.factories.cities import other_parameters, write_city

NAMED = {"lost_characters": 0.05, "class_of_2011": 0.3}
OTHERS = {"lost_characters": 0.01, "class_of_2011": 0.05, "renamed_columns_a_year": 0.0}


def test_a_city_keeps_its_rates_and_misses_others(tmp_path: Path) -> None:
    folder, parameters = tmp_path / "city", other_parameters(tmp_path, dirt=NAMED)
    write_city(folder, enterprises=400, parameters=parameters)
    size = size_of(parameters.sample, 400)
    found = {check.rule: check for check in check_wording(folder, parameters, size)}
    assert {check.verdict for check in found.values()} <= {Verdict.MET, Verdict.WITHIN_NOISE}
    assert all(check.found and check.target for check in found.values())
    others = other_parameters(tmp_path, dirt=OTHERS, market={"complaint": {"by_shop_name": 0.9}})
    missed = {check.rule for check in check_wording(folder, others, size) if check.verdict is Verdict.MISSED}
    assert missed == set(found) - {"dirt: rows with a code nobody has told of"}
