"""Which model serves which product in a home: a setting of the deployment, not code."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ConfigDict, RootModel

from products.datafile import read_datafile
from products.product import Code, Name

SERVING = Path(__file__).with_name("serving.yaml")

Serving = Mapping[str, str]
"""Model by product code, for one source."""


class ServingFile(RootModel[dict[Name, dict[Code, Name]]]):
    """Source, then product, then model."""

    model_config = ConfigDict(frozen=True, strict=True)


def read_serving(home: Path, source: str) -> Serving:
    """What serves in this home: its own `serving.yaml` where it has one, else the platform's."""
    own = home / "serving.yaml"
    return read_datafile(own if own.exists() else SERVING, ServingFile).root.get(source, {})
