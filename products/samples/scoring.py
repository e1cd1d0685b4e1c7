"""The score of sample enterprises: a declared table, so that an answer is the same whatever model is in service."""

from features.definitions.library import definition_hash, find_feature
from models.binned import BinnedModel, Bins
from models.calibration import Platt
from models.columns import Column, Columns
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.spec import words_of
from products.product import Product
from products.samples.declared import Model

VERSION = "1"


def sample_model(declared: Model, product: Product) -> ScoringModel:
    """The model of one score product: the declared features that the product may read, by its name `sample-CODE`."""
    names = tuple(name for name in declared.features if name in product.features())
    bins = tuple(Bins(declared.features[name].cuts, declared.features[name].parts) for name in names)
    entries = [find_feature(name) for name in names]
    return ScoringModel(
        name=model_name(product.code),
        version=VERSION,
        columns=Columns(tuple(Column(entry.name, int(entry.sign)) for entry in entries)),
        predictor=BinnedModel(declared.base, bins, "declared"),
        calibration=Platt(0.0, 1.0),
        scale=master_scale(),
        words=tuple(words_of(entry) for entry in entries),
        definition_hash=definition_hash(names),
        snapshot=0,
    )


def model_name(product_code: str) -> str:
    """What an answer about a sample calls its model."""
    return f"sample-{product_code}"
