"""Every model of the shelf: features that exist, reasons that agree with the library, a card, a sensible recipe."""

from importlib import resources

import pytest

from features.contracts.feeds import find_feed
from features.definitions.library import find_feature, published
from models.boosted_trees import DEEPEST, TreeRecipe
from models.cross_validation import Division
from models.first_loan.reasons import REASONS as FIRST_REASONS
from models.invoice_default.reasons import REASONS as INVOICE_REASONS
from models.question import Question
from models.sba_default.reasons import REASONS as SBA_REASONS
from models.shelf import SHELF, SPECS
from models.sme_default.reasons import REASONS as SME_REASONS
from models.spec import ModelSpec
from models.tax_behaviour.reasons import REASONS as TAX_REASONS

ALL = [pytest.param(spec, id=name) for name, spec in SPECS.items()]


@pytest.mark.parametrize("spec", ALL)
def test_features_are_published_once_each_and_from_feeds_that_may_be_read(spec: ModelSpec) -> None:
    assert len(set(spec.features)) == len(spec.features)
    for entry in spec.entries:
        assert all(find_feed(code).feature_source for code in entry.feeds)


REASONS = {
    "sme_default": SME_REASONS,
    "first_loan": FIRST_REASONS,
    "tax_behaviour": TAX_REASONS,
    "invoice_default": INVOICE_REASONS,
    "sba_default": SBA_REASONS,
}


def test_every_model_has_its_reasons_listed_here() -> None:
    assert set(REASONS) == set(SPECS)


LIBRARY_CODES = {entry.reason.code for entry in published()}


@pytest.mark.parametrize(("name", "reasons"), REASONS.items())
def test_reason_codes_are_the_librarys_or_gather_several_of_them_under_a_name_of_their_own(
    name: str, reasons: dict[str, tuple[str, ...]]
) -> None:
    assert SPECS[name].features == tuple(feature for group in reasons.values() for feature in group)
    for code, group in reasons.items():
        gathered = {find_feature(feature).reason.code for feature in group}
        assert gathered == {code} or (len(gathered) > 1 and code not in LIBRARY_CODES)


@pytest.mark.parametrize("spec", ALL)
def test_signs_and_categories_come_from_the_library(spec: ModelSpec) -> None:
    for column, entry, words in zip(spec.columns.columns, spec.entries, spec.words, strict=True):
        assert column.name == entry.name == words.name
        assert column.sign == (0 if entry.categories else int(entry.sign))
        assert (column.categories or ()) == tuple(entry.categories)
        assert words.code == spec.codes.get(entry.name, entry.reason.code)


@pytest.mark.parametrize("spec", ALL)
def test_trees_compete_with_a_simpler_kind_named_last(spec: ModelSpec) -> None:
    assert [recipe.kind for recipe in spec.recipes] == ["boosted_trees", "logistic"]
    assert all(recipe.depth <= DEEPEST for recipe in spec.recipes if isinstance(recipe, TreeRecipe))


def test_the_shelf_is_keyed_by_the_models_own_names() -> None:
    assert all(name == shelved.spec.name for name, shelved in SHELF.items())


@pytest.mark.parametrize("question", [one.question for one in SHELF.values() if one.question])
def test_calibration_precedes_the_test(question: Question) -> None:
    assert question.split.calibrate_from < question.split.test_from


@pytest.mark.parametrize("spec", ALL)
def test_only_outcomes_without_days_are_divided_by_shuffled_folds(spec: ModelSpec) -> None:
    assert isinstance(spec.split, Division) == (spec.name == "invoice_default")


@pytest.mark.parametrize("spec", ALL)
def test_every_model_has_a_card_under_its_name(spec: ModelSpec) -> None:
    card = resources.files(f"models.{spec.name}").joinpath("card.md").read_text("utf-8")
    assert card.startswith(f"# {spec.name} ({spec.title})\n")
    assert all(f"**{part}.**" in card for part in ("Question", "Labels", "Features", "Where it fails"))
