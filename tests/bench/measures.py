"""The measures of one lake, from works that ran side by side, and the lines they give."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.running import Facts, Outcome, run_work
from tests.bench.table import Line, at_least, at_most, told

PEAK_MIB = 3 * 1024
FORMS = ("flat", "generated")
LARGEST = "deepest"
"""The model that scoring's bars are held on: the most trees that may be served."""
SHAPES = ("shipped", LARGEST)
FULL = 4_000_000
Tell = Callable[[str], None]


def measure_build(home: Path, tell: Tell, buckets: int) -> dict[str, Outcome]:
    """All features of all enterprises: decode, from Parquet, from hot files, by DuckDB over some buckets (0: all)."""
    found = {}
    for name, options in (
        ("decode", {}),
        ("features_from_parquet", {}),
        ("build_hot", {}),
        ("features_from_hot", {}),
        *((f"features_by_sql {form}", {"form": form, "buckets": buckets}) for form in FORMS),
    ):
        found[name] = _run(name, home, tell, **options)
    return found


def measure_training(home: Path, tell: Tell, enterprises: int, buckets: int) -> dict[str, Outcome]:
    """A training set of 12 dates: by the kernel, and by DuckDB over some buckets (0: all)."""
    found = {"training": _run("training", home, tell, enterprises=enterprises)}
    for form in FORMS:
        name = f"training_by_sql {form}"
        found[name] = _run(name, home, tell, enterprises=enterprises, form=form, buckets=buckets)
    return found


def measure_scoring(home: Path, tell: Tell, rows: int, sample: int) -> dict[str, Outcome]:
    """Scoring by models of both shapes; the city by the larger one."""
    found = {}
    for shape in SHAPES:
        for name, options in (("score_one", {}), ("score_many", {"rows": rows, "sample": sample})):
            found[f"{name} {shape}"] = _run(f"{name} {shape}", home, tell, module="scores", shape=shape, **options)
    for name, options in (("score_many_by_woodelf", {"rows": rows}), ("score_city", {})):
        found[name] = _run(name, home, tell, module="scores", shape=LARGEST, **options)
    return found


def build_lines(found: Mapping[str, Outcome]) -> Iterator[Line]:
    """The bars of a build. Ratios of wall seconds of one run; beside them those of processor seconds."""
    decode, parquet, hot = (found[name] for name in ("decode", "features_from_parquet", "features_from_hot"))
    features = parquet.facts["features"]
    what = f"{features} features of {parquet.facts['rows']:,} enterprises, {decode.facts['rows']:,} records"
    yield at_most(f"{what}: from Parquet", parquet.seconds / decode.seconds, 2.2, "x decode", _cpu(parquet, decode))
    best = _best(found, "features_by_sql")
    yield at_least("from Parquet, against DuckDB", _whole(best) / parquet.seconds, 3, "x faster", _form(best, parquet))
    yield at_least("from hot files, against Parquet", parquet.seconds / hot.seconds, 5, "x faster", _cpu(parquet, hot))
    made = found["build_hot"]
    yield told(
        "making the hot files", f"{made.seconds / decode.seconds:.2f} x decode, {made.facts['bytes'] / 1e9:.2f} GB"
    )


def training_lines(found: Mapping[str, Outcome]) -> Iterator[Line]:
    """The bar of a training set."""
    ours, best = found["training"], _best(found, "training_by_sql")
    what = f"training set of 12 dates, {ours.facts['rows']:,} rows, against DuckDB"
    yield at_least(what, _whole(best) / ours.seconds, 4, "x faster", _form(best, ours))


def scoring_lines(found: Mapping[str, Outcome]) -> Iterator[Line]:
    """The bars of scoring, on a model of the shape that is shipped and on the largest that may be served."""
    yield from _one_lines(found)
    for shape in SHAPES:
        facts = found[f"score_many {shape}"].facts
        what = f"{facts['rows']:,} rows with exact contributions, {shape} model ({facts['ours']:.1f} s a million)"
        yield at_least(f"{what}, against pred_contrib", facts["pred_contrib"] / facts["ours"], 6, "x faster")
        yield at_least(f"{what}, against shap.TreeExplainer", facts["shap"] / facts["ours"], 10, "x faster")
    yield _woodelf_line(found)
    yield from _city_lines(found["score_city"])


def _one_lines(found: Mapping[str, Outcome]) -> Iterator[Line]:
    for shape in SHAPES:
        facts = found[f"score_one {shape}"].facts
        what = f"one enterprise, features to reason codes, {shape} model"
        ratio = facts["contrib_p50_ms"] / facts["ours_p50_ms"]
        yield at_least(f"{what}, against pred_contrib alone", ratio, 3, "x faster", f" ({_took(facts, 'ours')})")
        yield told(f"{what}, its records read before", _took(facts, "records"), "target: p99 2 ms")
        yield told(f"{what}: sentences with turning points", f"p50 {facts['sentences_p50_ms']:.3f} ms")


def _took(facts: Facts, work: str) -> str:
    return f"p50 {facts[f'{work}_p50_ms']:.3f} ms, p99 {facts[f'{work}_p99_ms']:.3f} ms"


def _woodelf_line(found: Mapping[str, Outcome]) -> Line:
    facts = found["score_many_by_woodelf"].facts
    what = f"rows without categories, exact contributions, {LARGEST} model, against woodelf-explainer"
    if not facts["installed"]:
        return told(what, "not measured: install the extra `explainers`", "at least 1.2 x faster")
    return at_least(what, facts["woodelf"] / facts["ours"], 1.2, "x faster")


def _city_lines(city: Outcome) -> Iterator[Line]:
    rows = int(city.facts["rows"])
    minutes = city.seconds / rows * FULL / 60
    yield at_most(f"scores and reasons of {FULL:,}, extrapolated from {rows:,}", minutes, 45, "minutes")
    yield at_most("scoring the city, peak anonymous memory", city.peak_mib, PEAK_MIB, "MiB")


def audit_lines(found: Outcome) -> Iterator[Line]:
    """The bars of the audit log: bare times, for an auditor waits for them and not for a ratio."""
    facts = found.facts
    what = f"root over {facts['leaves']:,} leaves, built in {facts['seals']} seals"
    yield at_most(what, found.seconds, 10, "s", f" (the whole tree once: {facts['anew']:.2f} s)")
    proof = f"proof of {facts['steps']} steps and a signature, verified"
    yield at_most(proof, facts["verified_p50_ms"], 1, "ms", f" (p99 {facts['verified_p99_ms']:.3f} ms)")
    yield told("proof made from stored tiles", f"p50 {facts['made_p50_ms']:.2f} ms, p99 {facts['made_p99_ms']:.2f} ms")
    yield told(f"sealing {facts['minute']:,} more leaves", f"{facts['minute_ms']:.1f} ms")


def memory_line(outcomes: Sequence[Outcome]) -> Line:
    """The most anonymous memory of our own works."""
    ours = [one for one in outcomes if not one.work.endswith("_by_sql") and one.work != "decode"]
    most = max(ours, key=lambda one: one.peak_mib)
    return at_most("peak anonymous memory", most.peak_mib, PEAK_MIB, "MiB", f" ({most.work})")


def growth_lines(points: Sequence[Mapping[str, Outcome]]) -> Iterator[Line]:
    """How the time per row rises with the rows, from the smallest lake to each larger one."""
    for work in ("features_from_parquet", "features_from_hot"):
        first = points[0]
        for later in points[1:]:
            rise = _per_row(later, work) / _per_row(first, work) - 1
            sizes = f"{first['decode'].facts['rows']:,} to {later['decode'].facts['rows']:,} records"
            yield at_most(f"growth, {work}, {sizes}", 100 * rise, 15, "% per row")


def _per_row(found: Mapping[str, Outcome], work: str) -> float:
    return found[work].seconds / int(found["decode"].facts["rows"])


def _run(name: str, home: Path, tell: Tell, module: str = "works", **options: object) -> Outcome:
    outcome = run_work(name.split()[0], home, module, **options)
    tell(f"{name}: {outcome.seconds:.2f} s, {outcome.peak_mib:,.0f} MiB, load {outcome.load}")
    return outcome


def _best(found: Mapping[str, Outcome], work: str) -> Outcome:
    """The faster of the two DuckDB forms."""
    return min((found[f"{work} {form}"] for form in FORMS), key=_whole)


def _whole(outcome: Outcome) -> float:
    """Seconds of all buckets, where some were run."""
    return outcome.seconds / float(outcome.facts["share"])


def _cpu(one: Outcome, other: Outcome) -> str:
    return f" (processor time {one.cpu / other.cpu:.2f})"


def _form(best: Outcome, ours: Outcome) -> str:
    cpu = best.cpu / float(best.facts["share"]) / ours.cpu
    return f" (processor time {cpu:.2f}; {best.facts['form']} SQL, {best.facts['share']:.0%} of it run)"
