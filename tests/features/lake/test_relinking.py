"""Records that come without a code find their enterprise by its name, and lose it where that was a mistake."""

from datetime import date
from pathlib import Path

import pytest

from bureau.errors import StateConflict, UnknownName, UnknownSubject
from features.contracts.court_case import COURT_CASE
from features.contracts.registration import REGISTRATION
from features.lake import relinking
from features.lake import replay as replay_module
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.links import list_links
from features.lake.quarantine import list_waiting
from features.lake.registry import enterprises
from features.lake.review import link_name
from features.lake.unlinking import end_link
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, GAMMA, instant, known, land_rows, make_lake
from tests.factories.registrations import registration

NAME = "深圳市甲贸易有限公司"


@pytest.fixture(params=[pytest.param(None, id="at once"), pytest.param(1, id="one at a time")])
def lake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake whose waiting rows and linked records are gone through at once, or in portions of one."""
    if request.param is not None:
        monkeypatch.setattr(relinking, "RECORDS", request.param)
        monkeypatch.setattr(replay_module, "PORTION", request.param)
    return make_lake(tmp_path)


def owners(lake: Lake, as_of: str, snapshot: int | None = None) -> list[str]:
    return known(lake, COURT_CASE, as_of, snapshot)["uscc"].to_list()


def test_a_name_borne_by_one_enterprise_links(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    landed = land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    assert (landed.landed, landed.quarantined) == (1, 0)
    assert owners(lake, "2025-04-01") == [ACME]
    (link,) = list_links(lake)
    assert (link.uscc, link.rule, link.known_from, link.known_to) == (ACME, "name", instant("2025-03-01"), None)


def test_a_row_whose_name_nobody_bears_waits_until_somebody_does(lake: Lake) -> None:
    landed = land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    assert (landed.landed, landed.quarantined) == (0, 1)
    assert [row.code for row in list_waiting(lake)] == ["unlinked"]
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-05-01")
    assert list_waiting(lake) == []
    assert owners(lake, "2025-04-30") == []
    assert owners(lake, "2025-05-01") == [ACME]


def test_a_name_borne_by_two_is_nobody_s(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, NAME)], "2025-03-01")
    assert land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01").quarantined == 1
    renamed = registration(BETA, "另一家公司", version=2, op="U")
    land_rows(lake, REGISTRATION, [renamed], "2025-05-01")
    assert owners(lake, "2025-05-01") == [ACME]


def test_a_code_is_stronger_than_a_name(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(BETA, NAME)], "2025-04-01")
    assert owners(lake, "2025-04-01") == [BETA]


def test_a_later_version_under_a_former_name_stays_with_its_enterprise(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(ACME, "新名字公司", version=2, op="U")], "2025-05-01")
    judged = court_case(None, NAME, version=2, op="U", judged_on=date(2025, 5, 20), outcome="支持原告")
    land_rows(lake, COURT_CASE, [judged], "2025-06-01")
    rows = known(lake, COURT_CASE, "2025-06-01").select("uscc", "version", "outcome")
    assert list(rows.iter_rows()) == [(ACME, 2, "支持原告")]
    assert [link.rule for link in list_links(lake)] == ["name"], "the name is still that enterprise's, a former one"


def test_a_later_version_under_a_name_nobody_bears_follows_its_record(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    first = court_case(None, NAME)["record_id"]
    land_rows(lake, COURT_CASE, [court_case(None, "某公司", record_id=first, version=2, op="U")], "2025-06-01")
    assert known(lake, COURT_CASE, "2025-06-01").select("uscc", "version").rows() == [(ACME, 2)]
    assert [link.rule for link in list_links(lake)] == ["name", "record"]


def test_a_former_name_borne_on_the_day_of_the_event_links(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, REGISTRATION, [registration(ACME, "新名字公司", version=2, op="U")], "2025-05-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-06-01")
    assert owners(lake, "2025-06-01") == [ACME]
    assert [link.rule for link in list_links(lake)] == ["former-name"]


def test_a_delivery_may_need_a_name_both_as_current_and_as_former(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, REGISTRATION, [registration(ACME, "新名字公司", version=2, op="U")], "2025-05-01")
    rows = [
        court_case(None, NAME, record_id=f"F26-{number}", received_at=instant(received))
        for number, received in enumerate(["2025-04-01", "2025-06-01"])
    ]
    assert land_rows(lake, COURT_CASE, rows).landed == 2
    assert [(link.rule, link.key) for link in list_links(lake)] == [("name", NAME)]


def test_a_branch_s_record_is_its_parent_s(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, "甲贸易有限公司")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, "甲贸易有限责任公司龙岗分公司")], "2025-04-01")
    assert owners(lake, "2025-04-01") == [ACME]
    assert [link.rule for link in list_links(lake)] == ["branch"]


def test_undoing_the_link_that_took_a_branch_s_record_over_keeps_what_was_known_before(lake: Lake) -> None:
    branch = "甲贸易有限公司龙岗分公司"
    land_rows(lake, REGISTRATION, [registration(ACME, "甲贸易有限公司")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, branch)], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(BETA, branch)], "2025-05-01")
    assert [(link.uscc, link.rule) for link in list_links(lake)] == [(ACME, "branch"), (BETA, "name")]
    end_link(lake, 2, at=instant("2025-06-01"))
    assert len(list_waiting(lake)) == 1
    land_rows(lake, COURT_CASE, [court_case(GAMMA, branch, version=2, op="U")], "2025-07-01")
    told = [owners(lake, day) for day in ("2025-04-30", "2025-05-01", "2025-05-31", "2025-06-01", "2025-07-01")]
    assert told == [[ACME], [BETA], [BETA], [], [GAMMA]]


def test_two_codes_are_never_merged_by_a_name(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(ACME, NAME), court_case(BETA, NAME, record_id="F26-2")], "2025-04-01")
    assert sorted(owners(lake, "2025-04-01")) == sorted([ACME, BETA])
    assert enterprises(lake)["uscc"].to_list() == sorted([ACME, BETA])
    assert list_links(lake) == []


def test_a_withdrawal_without_a_code_withdraws(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(ACME, "旧名字公司")], "2025-04-01")
    land_rows(lake, COURT_CASE, [court_case(None, "旧名字公司", version=2, op="D")], "2025-06-01")
    assert (owners(lake, "2025-05-31"), owners(lake, "2025-06-01")) == ([ACME], [])


def test_a_correction_brings_the_code_and_moves_the_record(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    land_rows(lake, COURT_CASE, [court_case(BETA, NAME, version=2, op="U")], "2025-06-01")
    assert (owners(lake, "2025-05-31"), owners(lake, "2025-06-01")) == ([ACME], [BETA])


def test_history_that_shows_a_name_was_ambiguous_takes_the_record_away(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    before = land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01").snapshot
    land_rows(lake, REGISTRATION, [registration(BETA, NAME, received_at=instant("2025-02-01"))], "2026-01-01")
    assert owners(lake, "2025-04-01") == []
    assert owners(lake, "2025-04-01", before) == [ACME]
    assert [row.code for row in list_waiting(lake)] == ["unlinked"]


def test_history_that_shows_a_name_was_borne_earlier_moves_the_instant(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(ACME, NAME, version=2, op="U")], "2025-06-01")
    assert owners(lake, "2025-05-01") == []
    land_rows(lake, REGISTRATION, [registration(ACME, NAME, received_at=instant("2025-03-01"))], "2026-01-01")
    assert owners(lake, "2025-04-01") == [ACME]


def test_an_undone_link_ends_and_is_not_made_again(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    before = land_rows(lake, COURT_CASE, [court_case(None, NAME, case_no="1")], "2025-04-01").snapshot
    ended = end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    land_rows(lake, COURT_CASE, [court_case(None, NAME, case_no="2")], "2025-06-01")
    assert (ended.rows, ended.usccs, ended.feeds) == (1, (ACME,), ("F26",))
    assert ended.enterprise_ids == (1,)
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-05-01"), owners(lake, "2025-07-01")) == ([ACME], [], [])
    assert owners(lake, "2025-05-01", before) == [ACME]
    assert list_links(lake)[0].known_to == instant("2025-05-01")


def test_a_later_version_of_an_undone_record_waits(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    land_rows(lake, COURT_CASE, [court_case(None, NAME, version=2, op="U", outcome="调解")], "2025-06-01")
    assert owners(lake, "2025-07-01") == []
    land_rows(lake, COURT_CASE, [court_case(BETA, NAME, version=3, op="U", outcome="调解")], "2025-07-01")
    assert owners(lake, "2025-07-01") == [BETA]


def test_undoing_a_link_undoes_every_other_of_its_name_and_firm(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    first = court_case(None, NAME, record_id="F26-1")
    land_rows(lake, COURT_CASE, [first], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(BETA, NAME)], "2025-04-10")
    land_rows(lake, REGISTRATION, [registration(BETA, "另一家公司", version=2, op="U")], "2025-04-20")
    land_rows(lake, COURT_CASE, [court_case(None, NAME, record_id="F26-2", case_no="2")], "2025-05-01")
    assert [(link.key, link.uscc) for link in list_links(lake)] == [(NAME, ACME), (NAME, ACME)]
    ended = end_link(lake, 2, at=instant("2025-05-10"))
    assert (ended.links, ended.rows) == ((1, 2), 2)
    assert [link.known_to for link in list_links(lake)] == [instant("2025-05-10"), instant("2025-05-10")]
    told = {row.record_id: row.reason.split(";")[0] for row in list_waiting(lake)}
    assert told == {"F26-1": "its link 1 was undone", "F26-2": "its link 2 was undone"}
    land_rows(lake, COURT_CASE, [first | {"version": 2, "op": "U", "outcome": "调解"}], "2025-06-01")
    assert (owners(lake, "2025-04-01"), owners(lake, "2025-05-09")) == ([ACME], [ACME, ACME])
    assert (owners(lake, "2025-05-10"), owners(lake, "2025-06-01")) == ([], [])


def test_records_of_an_undone_link_wait_and_can_be_given_to_the_right_firm(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, "深圳市乙物流有限公司")], "2025-03-01")
    rows = [court_case(None, NAME)]
    land_rows(lake, COURT_CASE, rows, "2025-04-01")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    (waiting,) = list_waiting(lake)
    assert (waiting.code, waiting.received_at) == ("unlinked", instant("2025-04-01"))
    assert "link 1 was undone" in waiting.reason
    again = land_rows(lake, COURT_CASE, [*rows, court_case(None, NAME, case_no="2")], "2025-05-02")
    assert (again.unchanged, again.quarantined) == (1, 1)
    link_name(lake, NAME, BETA, at=instant("2025-06-01"))
    assert list_waiting(lake) == []
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-05-31")) == ([ACME], [])
    assert owners(lake, "2025-06-01") == [BETA, BETA]
    anew = land_rows(lake, COURT_CASE, [*rows, court_case(None, NAME, case_no="3")], "2025-07-01")
    assert (anew.unchanged, anew.landed) == (1, 1)
    compact(lake, COURT_CASE.code, at=instant("2025-07-02"))
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-06-01")) == ([ACME], [BETA, BETA])
    assert owners(lake, "2025-07-02") == [BETA, BETA, BETA]


def test_a_row_that_waited_before_its_link_was_undone_says_so(lake: Lake) -> None:
    row = court_case(None, NAME)
    land_rows(lake, COURT_CASE, [row], "2025-04-01")
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-05-01")
    end_link(lake, 1, at=instant("2025-05-02"))
    (waiting,) = list_waiting(lake)
    assert "link 1 was undone" in waiting.reason
    again = land_rows(lake, COURT_CASE, [row, court_case(ACME, "乙", case_no="2")], "2025-05-03")
    assert (again.landed, again.unchanged) == (1, 1)
    assert list_waiting(lake) == [waiting]


def test_a_row_that_lacks_only_an_owner_by_now_finds_it(lake: Lake) -> None:
    early = court_case(None, NAME, filed_on=date(2025, 4, 20))
    land_rows(lake, COURT_CASE, [early], "2025-04-10")
    assert [row.code for row in list_waiting(lake)] == ["date"]
    land_rows(lake, COURT_CASE, [early, court_case(BETA, "乙")], "2025-05-01")
    assert [(row.code, row.received_at) for row in list_waiting(lake)] == [("unlinked", instant("2025-05-01"))]
    land_rows(lake, REGISTRATION, [registration(ACME, NAME, received_at=instant("2025-03-01"))], "2025-06-01")
    assert list_waiting(lake) == []
    assert sorted(owners(lake, "2025-05-01")) == sorted([ACME, BETA])
    assert owners(lake, "2025-04-30") == []


def test_every_version_of_an_undone_record_goes_with_it(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME), registration(BETA, "深圳市乙物流有限公司")], "2025-03-01")
    first, later = court_case(None, NAME, record_id="F26-1"), court_case(None, "别的名字", record_id="F26-1")
    land_rows(lake, COURT_CASE, [first], "2025-04-01")
    land_rows(lake, COURT_CASE, [later | {"version": 2, "op": "U", "outcome": "调解"}], "2025-04-15")
    assert owners(lake, "2025-04-15") == [ACME]
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    assert len(list_waiting(lake)) == 2
    link_name(lake, NAME, BETA, at=instant("2025-06-01"))
    case = known(lake, COURT_CASE, "2025-06-01")
    assert case.select("uscc", "version").rows() == [(BETA, 2)]
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-05-01"), list_waiting(lake)) == ([ACME], [], [])


def test_history_learned_after_undoing_changes_no_view_before_it(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    second = registration(BETA, NAME, received_at=instant("2025-02-01"))
    land_rows(lake, REGISTRATION, [second | {"version": 1}], "2025-06-01")
    link_name(lake, NAME, BETA, at=instant("2025-06-02"))
    assert (owners(lake, "2025-04-30"), owners(lake, "2025-05-31")) == ([ACME], [])
    assert owners(lake, "2025-06-02") == [BETA]


def test_an_undone_pair_is_not_linked_by_hand_again(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
    end_link(lake, list_links(lake)[0].link_id, at=instant("2025-05-01"))
    with pytest.raises(StateConflict, match="was undone; ask the publisher"):
        link_name(lake, NAME, ACME, at=instant("2025-06-01"))
    with pytest.raises(UnknownSubject):
        link_name(lake, NAME, GAMMA, at=instant("2025-06-01"))
    assert len(list_waiting(lake)) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_only_an_open_link_can_be_undone(lake: Lake, times: int) -> None:
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    if times == 2:
        land_rows(lake, COURT_CASE, [court_case(None, NAME)], "2025-04-01")
        end_link(lake, 1, at=instant("2025-05-01"))
    with pytest.raises(UnknownName, match="There is no open link '1'"):
        end_link(lake, 1, at=instant("2025-06-01"))
