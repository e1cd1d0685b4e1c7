"""Read grants."""

import pytest

from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant, operator_grant

GRANT = ReadGrant("bank-a", "pre_loan", "c1", subject="914403001922038216", fields=frozenset({"F01", "tax_grade"}))


def test_covered_fields_of_the_subject_are_granted() -> None:
    GRANT.require(["F01", "tax_grade"], subject="914403001922038216")


def test_a_field_outside_is_refused_by_name() -> None:
    with pytest.raises(FieldNotGranted, match="F60"):
        GRANT.require(["F01", "F60"], subject="914403001922038216")


@pytest.mark.parametrize("subject", [None, "9144030071526726XG"])
def test_another_subject_or_the_whole_city_is_refused(subject: str | None) -> None:
    with pytest.raises(FieldNotGranted):
        GRANT.require(["F01"], subject=subject)


def test_the_platform_itself_reads_everything() -> None:
    operator_grant("training").require(["F60"], subject=None)
