"""The desk: one home, its lake, the day it reads as of, and the models that serve there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from bureau.errors import ProductNotServed, SourceDown
from features.lake.lake import Lake, open_lake
from features.sources.source import read_source
from models.release import SHADOW_FILE, Release, read_release
from models.scoring import ScoringModel
from models.service import load_kept, load_released
from models.shadow import load_shadow
from products.product import Product, find_product
from products.serving import Serving, read_serving


@dataclass
class Shelf:
    """Released models of a home, read once and again only when another version is released. Safe between threads.

    pinned: versions that are taken instead of the released ones, by model, for an answer that is given again.
    declared: models that were never released, of sample enterprises.
    """

    home: Path
    pinned: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, ScoringModel] = field(default_factory=dict)
    _held: dict[str, tuple[Release | None, ScoringModel]] = field(default_factory=dict)
    _beside: dict[str, tuple[Release | None, ScoringModel | None]] = field(default_factory=dict)
    _reading: Lock = field(default_factory=Lock)

    def model(self, name: str) -> ScoringModel:
        """The version in service; raises `ModelNotReleased`."""
        if name in self.declared:
            return self.declared[name]
        if name in self.pinned:
            return load_kept(self.home, name, self.pinned[name])
        with self._reading:
            release = read_release(self.home, name)
            held = self._held.get(name)
            if held is None or held[0] != release:
                held = self._held[name] = (release, load_released(self.home, name))
            return held[1]

    def shadow(self, name: str) -> ScoringModel | None:
        """The version that runs beside the one in service; None where none does."""
        release = read_release(self.home, name, SHADOW_FILE)
        held = self._beside.get(name)
        if held is None or held[0] != release:
            held = self._beside[name] = (release, load_shadow(self.home, name))
        return held[1]


@dataclass(frozen=True)
class Desk:
    """Everything an answer is produced from.

    serving: model name by product code. today: the day features are read as of. given_on: the legal day on which it
    is asked, by whose declared changes it advises. used_on: the day by whose law records are used, `today` unless said,
    so that an old day can be replayed under the law of now. snapshot, known_by: of an answer that is given again, the
    state of the lake and the instant up to which marks were known; else the newest. lines: the catalogue lines such an
    answer was given by.
    """

    lake: Lake
    home: Path
    source: str
    serving: Serving
    today: date
    given_on: date
    shelf: Shelf
    used_on: date | None = None
    snapshot: int | None = None
    known_by: datetime | None = None
    lines: Mapping[str, Product] = field(default_factory=dict)

    def line(self, code: str) -> Product:
        """The catalogue line of a product: the present one, or that of the answer that is given again."""
        return self.lines[code] if code in self.lines else find_product(code)

    def serves(self, code: str) -> bool:
        """Whether a model is set to serve this product from the home's source."""
        return code in self.serving

    def model_for(self, code: str) -> ScoringModel:
        """The model behind a score product; raises `ProductNotServed` and `ModelNotReleased`."""
        if not self.serves(code):
            raise ProductNotServed(code, self.source)
        return self.shelf.model(self.serving[code])


def open_desk(home: Path, catalogue_url: str, today: date, serving: Serving | None = None) -> Desk:
    """The desk of a home, asked on the day it reads as of; raises `SourceDown` while nothing has been loaded."""
    held = read_source(home)
    if held is None:
        raise SourceDown("This home holds no records yet. Load a source first, e.g. with: bureau source load city")
    return Desk(
        lake=open_lake(home, catalogue_url),
        home=home,
        source=held.source,
        serving=read_serving(home, held.source) if serving is None else serving,
        today=today,
        given_on=today,
        shelf=Shelf(home),
    )
