"""The desk of sample enterprises: a lake of their own in the home, made when it is first asked for."""

import hashlib
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bureau.clock import SHANGHAI
from features.contracts.feeds import find_feed
from features.lake.delivery import read_delivery, write_delivery
from features.lake.lake import Lake, open_lake
from features.lake.landing import land
from features.lake.locking import alone
from features.lake.marks import mark_record
from products.desk import Desk, Shelf
from products.product import catalogue
from products.samples.declared import FILE, Samples, declared, find_sample
from products.samples.records import deliveries, record_id
from products.samples.scoring import model_name, sample_model

SOURCE = "samples"
_LANDED = "landed"


def open_sample_desk(home: Path) -> Desk:
    """The desk of the declared samples; every score product is served, by the declared model."""
    samples = declared()
    folder = home / SOURCE / hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / ".making"):
        lake = _made(folder, samples)
    scores = [product for product in catalogue().values() if product.kind == "score"]
    models = {model_name(product.code): sample_model(samples.model, product) for product in scores}
    return Desk(
        lake=lake,
        home=folder,
        source=SOURCE,
        serving={product.code: model_name(product.code) for product in scores},
        today=samples.day,
        given_on=samples.day,
        shelf=Shelf(folder, declared=models),
    )


def desk_about(desk: Desk, uscc: str) -> Desk:
    """The same desk on the day a sample is read as of."""
    sample = find_sample(uscc)
    return desk if sample is None or sample.read_on is None else replace(desk, today=sample.read_on)


def _made(folder: Path, samples: Samples) -> Lake:
    """The lake; one whose making was broken off is made anew."""
    if not (folder / _LANDED).exists():
        for part in (folder / "lake", folder / "deliveries"):
            shutil.rmtree(part, ignore_errors=True)
        (folder / "catalogue.db").unlink(missing_ok=True)
    lake = open_lake(folder, f"sqlite:///{folder / 'catalogue.db'}")
    if not (folder / _LANDED).exists():
        _land(lake, folder, samples)
        (folder / _LANDED).touch()
    return lake


def _land(lake: Lake, folder: Path, samples: Samples) -> None:
    received = datetime.combine(samples.received_on, datetime.min.time(), SHANGHAI)
    for feed, frame in deliveries(samples).items():
        path = write_delivery(
            frame,
            feed=feed,
            batch_id="samples",
            publisher=find_feed(feed).department,
            produced_at=received,
            folder=folder / "deliveries",
            history=False,
        )
        land(lake, read_delivery(path), received_at=received)
    for sample in samples.samples:
        if sample.objection is not None:
            feed, day = sample.objection.feed, sample.objection.from_day
            key = feed, record_id(feed, sample, 0)
            mark_record(lake, key, "objection", from_day=day, known_at=received, made_at=received)
