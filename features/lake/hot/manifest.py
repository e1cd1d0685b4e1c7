"""The hot set: which hot files hold each feed, of which files of the lake they were made, and making them anew."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard
from weakref import WeakValueDictionary

from features.contracts.feeds import find_feed
from features.lake.deriving import derive
from features.lake.hot.building import bucket_count, portions, read_segments
from features.lake.hot.format import map_segments, write_segments
from features.lake.hot.packing import Plan
from features.lake.hot.segment import Segment, packed
from features.lake.hot.wanted import StoredFile, Wanted, stored_files
from features.lake.lake import Lake
from features.lake.locking import alone

FORMAT = 6
"""Counts up with each change of what hot files mean; files of another number are made again."""
MANIFEST = "manifest.json"
THREADS = 2

_mapped: WeakValueDictionary[tuple[Path, int], Segment] = WeakValueDictionary()


@dataclass(frozen=True)
class HotFeed:
    """The hot files of one feed. lineage: what they were made from, and how.

    snapshot: of the lake when they were made. files: in which file, under the hot folder, each bucket is; a file holds
    the buckets that name it, in their order.
    """

    feed: str
    lineage: str
    snapshot: int
    columns: tuple[str, ...]
    worded: tuple[str, ...]
    files: tuple[str, ...]


def hot_folder(lake: Lake) -> Path:
    """Where a lake's hot files are; it may be deleted when nothing is being built."""
    return lake.root / "hot"


def read_manifest(lake: Lake) -> dict[str, HotFeed]:
    """The hot feeds there are, by code; none where they mean what they do no longer."""
    path = hot_folder(lake) / MANIFEST
    try:
        written = path.stat()
        return dict(_read_manifest(path, written.st_mtime_ns, written.st_ino))
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=8)
def _read_manifest(path: Path, _written: int, _number: int) -> dict[str, HotFeed]:
    """The manifest as it was written at an instant; a newer one is another file."""
    told = json.loads(path.read_text("utf-8"))
    if not isinstance(told, dict) or told["format"] != FORMAT:
        return {}
    return {line["feed"]: _hot_feed(line) for line in told["feeds"]}


def lineage(lake: Lake, feed: str, snapshot: int) -> str:
    """What a feed is made of in a snapshot: equal exactly where no file of it changed."""
    feeds = find_feed(feed).derived_from or (feed,)
    paths = (path for one in feeds for path in (*lake.files(one, snapshot), *lake.closings(one, snapshot)))
    root = f"{lake.root}/"  # paths of large lakes are many: as texts they cost a tenth
    told = [FORMAT, *(str(path).removeprefix(root) for path in paths)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def holds(held: HotFeed | None, wanted: Wanted) -> TypeGuard[HotFeed]:
    """Whether hot files have all the columns wanted."""
    return held is not None and {*wanted.columns} <= {*held.columns} and {*wanted.worded} <= {*held.worded}


def is_fresh(lake: Lake, held: dict[str, HotFeed], wanted: Wanted, snapshot: int) -> bool:
    """Whether the hot files of a feed are those of a snapshot, and hold all that is wanted."""
    code = wanted.feed
    hot = held.get(code)
    return holds(hot, wanted) and hot.lineage == lineage(lake, code, snapshot)


def renew(lake: Lake, wanted: Iterable[Wanted], snapshot: int) -> dict[str, HotFeed]:
    """Bring the hot files of some feeds to a snapshot, and say which there are; feeds that did not change stay.

    A feed's former files go as soon as its new ones are there, so that the disk never holds two of more than one.
    Killed at any point, each feed has the ones or the others. Readers keep what they have mapped.
    """
    wanted = list(wanted)
    held = read_manifest(lake)
    if all(is_fresh(lake, held, one, snapshot) for one in wanted):
        return held
    hot_folder(lake).mkdir(exist_ok=True)
    with alone(hot_folder(lake) / ".building"):
        lake.snapshot()  # what was erased while this one waited is heard of before its files are asked for
        held = read_manifest(lake)
        stale = [_joined(one, held.get(one.feed)) for one in wanted if not is_fresh(lake, held, one, snapshot)]
        for made in _build(lake, stale, snapshot):
            held[made.feed] = made
            _write_manifest(lake, held)
            _sweep(lake, held, made.feed)
        _sweep(lake, held)
    return held


@contextmanager
def without_hot(lake: Lake) -> Iterator[None]:
    """Remove every hot file, once those under way are made, and let none be made until the block ends."""
    hot_folder(lake).mkdir(exist_ok=True)
    with alone(hot_folder(lake) / ".building"):
        _write_manifest(lake, {})
        _sweep(lake, {})
        yield


def map_feed(lake: Lake, held: HotFeed) -> tuple[Segment, ...]:
    """The segments of a feed, by bucket. Raises `FileNotFoundError` where a newer set has replaced them."""
    folder, buckets = hot_folder(lake), Counter(held.files)
    return tuple(segment for name in buckets for segment in _map(folder / name, buckets[name]))


def _map(path: Path, buckets: int) -> Sequence[Segment]:
    """The segments of a file; those somebody still holds, while anybody does."""
    held = [segment for number in range(buckets) if (segment := _mapped.get((path, number))) is not None]
    if len(held) == buckets:
        return held
    segments = map_segments(path)
    _mapped.update({(path, number): segment for number, segment in enumerate(segments)})
    return segments


def _joined(wanted: Wanted, held: HotFeed | None) -> Wanted:
    """What is wanted and what was: two readers with different wishes must not take turns."""
    if held is None:
        return wanted
    known = wanted.contract.dtypes
    columns = dict.fromkeys((*wanted.columns, *(name for name in held.columns if name in known)))
    worded = dict.fromkeys((*wanted.worded, *(name for name in held.worded if name in known)))
    return Wanted(wanted.feed, tuple(sorted(columns)), tuple(sorted(worded)))


def _build(lake: Lake, stale: Sequence[Wanted], snapshot: int) -> Iterator[HotFeed]:
    """Write the files of some feeds, one for each portion, and give each feed once its last is written.

    A few threads share them, the largest feed's first.
    """
    plans = [_plan(lake, wanted, snapshot) for wanted in stale]
    plans.sort(key=lambda plan: -sum(file.rows for file in plan.stored))
    with ThreadPoolExecutor(THREADS) as pool:
        begun = [[pool.submit(_write, lake, plan, portion, snapshot) for portion in plan.portions] for plan in plans]
        try:
            for plan, writing in zip(plans, begun, strict=True):
                for written in writing:
                    written.result()
                yield plan.hot_feed(snapshot)
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Plan:
    """What is to be written of a feed. names: of the file each bucket goes into. columns: how they are packed."""

    wanted: Wanted
    lineage: str
    stored: list[StoredFile]
    portions: list[range]
    names: tuple[str, ...]
    columns: dict[str, Plan] = field(default_factory=dict)

    def hot_feed(self, snapshot: int) -> HotFeed:
        code, columns, worded = self.wanted.feed, self.wanted.columns, self.wanted.worded
        return HotFeed(code, self.lineage, snapshot, columns, worded, self.names)


def _plan(lake: Lake, wanted: Wanted, snapshot: int) -> _Plan:
    code = wanted.feed
    if wanted.contract.derived_from:
        derive(lake, wanted.contract, snapshot)
    made_of, stored = lineage(lake, code, snapshot), stored_files(lake, code, snapshot)
    stamp = hashlib.sha256(json.dumps([made_of, wanted.columns, wanted.worded]).encode()).hexdigest()[:12]
    parts = portions(stored, bucket_count(lake, stored))
    names = tuple(f"feed={code}/{part[0]:03d}.{stamp}.hot" for part in parts for _ in part)
    return _Plan(wanted, made_of, stored, parts, names)


def _write(lake: Lake, plan: _Plan, portion: range, snapshot: int) -> None:
    path = hot_folder(lake) / plan.names[portion[0]]
    path.parent.mkdir(exist_ok=True)
    segments = read_segments(lake, plan.wanted, snapshot, len(plan.names), portion)
    facts = {"feed": plan.wanted.feed, "snapshot": snapshot, "lineage": plan.lineage}
    write_segments((packed(segment, plan.columns) for segment in segments), path, facts)


def _write_manifest(lake: Lake, held: dict[str, HotFeed]) -> None:
    path = hot_folder(lake) / MANIFEST
    unfinished = path.with_name(MANIFEST + ".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        told = {"format": FORMAT, "feeds": [asdict(one) for one in held.values()]}
        json.dump(told, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sweep(lake: Lake, held: dict[str, HotFeed], feed: str = "*") -> None:
    """Remove files no feed names, or those of one feed: of older sets, and of a builder that was killed."""
    listed = {hot_folder(lake) / name for one in held.values() for name in one.files}
    for path in hot_folder(lake).glob(f"feed={feed}/*"):
        if path not in listed:
            path.unlink()


def _hot_feed(line: dict[str, object]) -> HotFeed:
    facts = {name: tuple(value) if isinstance(value, list) else value for name, value in line.items()}
    return HotFeed(**facts)  # type: ignore[arg-type]  # the manifest is our own: these are the fields it was written from
