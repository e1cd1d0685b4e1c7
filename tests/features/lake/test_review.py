"""Names that are merely alike are proposed to a person, who decides; likeness alone never does."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import UnknownName
from features.contracts.court_case import COURT_CASE
from features.contracts.registration import REGISTRATION
from features.lake import review
from features.lake.lake import Lake
from features.lake.landing import settle_links
from features.lake.likeness import alike
from features.lake.links import LinksChanged, links_changed, list_links
from features.lake.quarantine import list_waiting
from features.lake.review import accept, list_open, propose, refuse
from features.lake.unlinking import end_link
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, instant, known, land_rows, make_lake
from tests.factories.registrations import registration

NAME, TYPING_ERROR = "深圳市鹏程万里贸易有限公司", "深圳市鹏城万里贸易有限公司"
AT = instant("2025-08-01")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, "广州大河电器厂")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, TYPING_ERROR)], "2025-04-01")
    return lake


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param(TYPING_ERROR, [1], id="one character differs"),
        pytest.param("深圳市鹏程万里贸易公司", [1], id="the legal form is shortened"),
        pytest.param(NAME, [], id="the same name is no likeness"),
        pytest.param("深圳市远大贸易有限公司", [], id="only city, trade and form agree"),
        pytest.param("", [], id="no name"),
    ],
)
def test_alike(name: str, found: list[int]) -> None:
    others = [f"深圳市{pair}贸易有限公司" for pair in ("长江", "黄河", "泰山", "华山", "南海", "东海", "青山")]
    names = pl.DataFrame({"enterprise_id": [1, *range(2, 9)], "name_key": [NAME, *others]})
    proposed = alike(pl.Series([name]), names.with_columns(pl.col("enterprise_id").cast(pl.Int32)))
    assert proposed["enterprise_id"].to_list() == found


def test_a_proposal_changes_nothing(lake: Lake) -> None:
    assert propose(lake, at=AT) == 1
    (pair,) = list_open(lake)
    assert (pair.key, pair.uscc, pair.name) == (TYPING_ERROR, ACME, NAME)
    assert list_links(lake) == []
    assert len(list_waiting(lake)) == 1
    assert propose(lake, at=AT) == 0


def test_an_accepted_pair_is_a_link_known_from_then_on(lake: Lake) -> None:
    propose(lake, at=AT)
    accept(lake, list_open(lake)[0].review_id, at=AT)
    assert known(lake, COURT_CASE, "2025-07-31").is_empty()
    assert known(lake, COURT_CASE, "2025-08-01")["uscc"].to_list() == [ACME]
    assert [(link.rule, link.known_from) for link in list_links(lake)] == [("review", AT)]
    later = court_case(None, TYPING_ERROR, record_id="F26-9")
    land_rows(lake, COURT_CASE, [later], "2025-09-01")
    assert known(lake, COURT_CASE, "2025-09-01").height == 2
    assert list_open(lake) == []


def test_a_decision_that_was_cut_off_gives_the_rows_their_owner_when_links_are_settled(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(lake, at=AT)
    with monkeypatch.context() as broken:
        broken.setattr(review, "relink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            accept(lake, list_open(lake)[0].review_id, at=AT)
    assert (list_open(lake), len(list_waiting(lake))) == ([], 1)
    settle_links(lake, at=instant("2025-08-02"))
    assert list_waiting(lake) == []
    assert known(lake, COURT_CASE, "2025-08-02")["uscc"].to_list() == [ACME]


def test_an_accepted_pair_can_be_undone(lake: Lake) -> None:
    propose(lake, at=AT)
    accept(lake, list_open(lake)[0].review_id, at=AT)
    assert end_link(lake, list_links(lake)[0].link_id, at=instant("2025-08-05")).rows == 1
    assert known(lake, COURT_CASE, "2025-08-05").is_empty()
    assert known(lake, COURT_CASE, "2025-08-04")["uscc"].to_list() == [ACME]


def test_a_refused_pair_is_never_proposed_again(lake: Lake) -> None:
    propose(lake, at=AT)
    refuse(lake, list_open(lake)[0].review_id, at=AT)
    assert list_open(lake) == []
    assert propose(lake, at=AT) == 0
    assert len(list_waiting(lake)) == 1


@pytest.mark.parametrize("decide", [accept, refuse])
def test_only_an_open_pair_can_be_decided(lake: Lake, decide: object) -> None:
    with pytest.raises(UnknownName, match="no open proposal '7'"):
        decide(lake, 7, at=AT)  # type: ignore[operator]


def test_what_was_accepted_or_ended_since_is_told_of_the_days_it_changes(lake: Lake) -> None:
    before = lake.snapshot()
    propose(lake, at=AT)
    accept(lake, list_open(lake)[0].review_id, at=AT)
    accepted = lake.snapshot()
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-08-05"))
    assert links_changed(lake, before, date(2025, 7, 31)) == LinksChanged(0, 0)
    assert links_changed(lake, before, date(2025, 8, 1)) == LinksChanged(ended=0, accepted=1)
    assert links_changed(lake, before, date(2025, 8, 5)) == LinksChanged(ended=1, accepted=1)
    assert links_changed(lake, accepted, date(2025, 8, 5)) == LinksChanged(ended=1, accepted=0)
    assert not links_changed(lake, lake.snapshot(), date(2025, 8, 5))
