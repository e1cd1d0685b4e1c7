"""Natural persons are keyed hashes: nothing a whole demonstration writes holds a raw identity."""

import logging
import re
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretBytes
from sqlalchemy import Engine, create_engine, select
from starlette.testclient import TestClient

from api.access.institutions import find_client
from api.access.one_time_codes import ONE_TIME_CODES, code_at, code_key, step_of
from api.app import create_app
from api.database import ledger_transaction, open_ledger_database
from api.loan_products import EXAMPLE
from api.secret import derived_key
from api.tables import LedgerTable
from bureau.clock import now
from bureau.errors import InvalidInput, SchemaDrift
from bureau.person import PersonKey, holds_identity_number, person_hash
from features.closing.inbox import take_in
from features.contracts.complaint import COMPLAINT
from features.contracts.contract import HASH_PATTERN
from features.contracts.court_case import COURT_CASE
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from features.lake.raw_identity import MASK, in_free_text, in_keys
from features.lake.replay import replay
from features.lake.sidecar import read_sidecar, sidecar_path
from features.lake.stops import standing_stops, take
from features.lake.tables import Quarantined
from tests.factories.courts import court_case
from tests.factories.demonstrations import Demonstration
from tests.factories.deployments import enrol, own_terms, public_home
from tests.factories.lakes import ACME, BETA, deliver, instant, known, land_rows, make_lake, uscc
from tests.factories.market import complaint
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

KEY = PersonKey(1, SecretBytes(bytes(range(32))))
IDENTITY, DIGITS, MOBILE, MAIL = "11010519491231002X", "110105194912310038", "13912345678", "li.si@example.com"

DATE = rb"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
RAW_IDENTITY = re.compile(rb"(?<![0-9A-Za-z])[1-9]\d{5}" + DATE + rb"\d{3}[\dXx](?![0-9A-Za-z])")
RAW_MAIL = re.compile(rb"[\w.+-]{2,}@[A-Za-z0-9-]{2,}(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
RAW_MOBILE = re.compile(rb"(?:[\x80-\xff]|phone|mobile|tel)[^\d\n]{0,4}(?:(?:00)?86)?1[3-9]\d{9}(?!\d)", re.I)
"""Beside a word: elsewhere eleven digits may be an amount in fen."""
QUOTED_MOBILE = re.compile(rb"\"(?:(?:00|\+)?86)?1[3-9]\d{9}\"")
WRITTEN = {".json", ".jsonl", ".log", ".md", ".html", ".csv", ".txt", ".yaml", ".yml", ""}
"""Files of text, in which an amount stands without quotes."""
NUMBERS = {"record_id", "case_no", "reg_no", "right", "uscc"}
"""Columns of numbers of records, documents and enterprises, where eleven or fifteen digits are no person's."""
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def is_identity(text: str) -> bool:
    """Whether the check character agrees: other numbers of 18 digits seldom do."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == text[17].upper()


def readable(path: Path) -> Iterator[bytes]:
    """What a file says: of a Parquet file its texts, of waiting rows what is packed, any other file as it lies."""
    if path.suffix == ".parquet":
        for column in texts_of(path):
            yield "\n".join(column.to_list()).encode()
    elif path.suffix == ".gz":
        yield zlib.decompress(path.read_bytes(), 47)
    else:
        yield path.read_bytes()
    if path.name == "catalogue.db":
        yield waiting_texts(create_engine(f"sqlite:///{path}")).encode()


def texts_of(path: Path) -> list[pl.Series]:
    """The columns of text of a Parquet file, each text once."""
    frame = pl.read_parquet(path, hive_partitioning=False).select(pl.col(pl.String))
    said = read_sidecar(path) if "deliveries" in path.parts else None
    if said is not None:  # a department may call columns otherwise than agreed, and says so
        frame = frame.rename({name: other.column for name, other in said.renamed.items()}, strict=False)
    return [column.drop_nulls().unique() for column in frame.iter_columns()]


def raw_in(text: bytes) -> list[str]:
    """Every raw identity in what a file says."""
    numbers = [one.decode() for one in RAW_IDENTITY.findall(text)]
    others = [one.decode(errors="replace") for pattern in (RAW_MAIL, RAW_MOBILE) for one in pattern.findall(text)]
    return [one for one in numbers if is_identity(one)] + others


def raw_in_column(column: pl.Series) -> list[str]:
    """Every text of a column that the platform itself would not let in."""
    return (in_keys(column) if column.name in NUMBERS else in_free_text(column)).to_list()


def waiting_texts(catalogue: Engine) -> str:
    with catalogue.connect() as connection:
        return "\n".join("\n".join(map(str, row)) for row in connection.execute(select(Quarantined.__table__)))


@pytest.mark.parametrize("name", ["city_demo", "cumcm_demo"])
def test_no_file_of_a_home_holds_a_raw_identity(name: str, request: pytest.FixtureRequest) -> None:
    shown: Demonstration = request.getfixturevalue(name)
    files = [path for path in sorted(shown.home.rglob("*")) if path.is_file()]
    found = [(path.name, one) for path in files for text in readable(path) for one in raw_in(text)]
    written = (path for path in files if path.suffix in WRITTEN)
    found += [(path.name, str(one)) for path in written for one in QUOTED_MOBILE.findall(path.read_bytes())]
    tables = (path for path in files if path.suffix == ".parquet")
    found += [(path.name, one) for path in tables for column in texts_of(path) for one in raw_in_column(column)]
    found += [(path.name, one) for path in files for one in raw_in(str(path.relative_to(shown.home)).encode())]
    assert found == []
    assert any(path.name == "server.log" and path.stat().st_size for path in files), "the server's log is among them"
    assert raw_in(shown.said.encode()) == []


IDENTITY_OF_15 = "110105491231002"
SEEDED = (
    *(IDENTITY, DIGITS, MOBILE, MAIL, IDENTITY_OF_15, f"+86{MOBILE}", f"0086{MOBILE}", "１３９１２３４５６７８"),
    *(
        "139-1234-5678",
        "139 1234 5678",
        "1391 234 5678",
        "139\u200b1234\u200b5678",
        "１１０１０５１９４９１２３１００２Ｘ",
    ),
    *("110105 19491231 002X", "1101 0519 4912 3100 2x", "110105—19491231—002X", "li.si＠example.com"),
)
"""Raw identities as clerks write them."""


def seed(lake: Lake) -> None:
    """Deliveries in which each seeded identity stands in free text, and one in a number and in a record's id."""
    rows = [registration(uscc(10 + n), record_id=f"F01-{n}", address=f"电话{text}") for n, text in enumerate(SEEDED)]
    cases = [court_case(ACME, case_no=IDENTITY), court_case(BETA, record_id=f"F26-{IDENTITY}")]
    for contract, sent in ((REGISTRATION, [*rows, registration(ACME), registration(BETA)]), (COURT_CASE, cases)):
        land(lake, deliver(contract, sent, lake.root.parents[1] / "sent"), received_at=instant("2025-08-01"))


def test_no_seeded_identity_is_left_in_a_home_that_received_it(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    seed(lake)
    assert [row.code for row in list_waiting(lake)] == ["person"] * (len(SEEDED) + 2)
    assert known(lake, REGISTRATION, "2025-08-02")["uscc"].to_list() == [ACME, BETA]
    sent, kept = (said_in(folder) for folder in (tmp_path / "sent", lake.root.parent))
    assert [text for text in SEEDED if text.encode() in sent] == [*SEEDED]
    assert [text for text in SEEDED if text.encode() in kept] == []
    for pattern in (RAW_IDENTITY, RAW_MAIL, RAW_MOBILE):
        assert pattern.search(sent)
        assert not pattern.search(kept)


def test_no_seeded_name_of_a_file_is_left_in_a_home_that_received_it(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    home = lake.root.parent
    (home / "inbox").mkdir(parents=True)
    for number, text in enumerate(SEEDED):
        good = deliver(PENALTY, [penalty(uscc(10 + number))], home / "inbox").path
        for path in (good, sidecar_path(good)):
            path.rename(path.with_stem(f"处罚 {text} 之一"))
        (home / "inbox" / f"坏 {text}.csv").write_text("what,is\nthis,?\n")
        drifted = tmp_path / f"表 {text}.csv"
        drifted.write_text("uscc\n")
        with pytest.raises(SchemaDrift):
            take(lake, drifted, at=instant("2025-08-01"), feed="F18")
        assert drifted.exists(), "a file outside the home keeps its name"
    taken = take_in(lake, home, date(2025, 8, 1), instant("2025-08-01"))
    assert (taken.deliveries, taken.refused) == (len(SEEDED), len(SEEDED))
    kept = said_in(home) + standing_stops(lake)["F18"].encode()
    assert [text for text in SEEDED if text.encode() in kept] == []
    assert len([*(home / "inbox" / "refused").iterdir()]) == len(SEEDED)
    assert len([*(home / "inbox" / "taken" / "2025-08-01").iterdir()]) == len(SEEDED)


def said_in(folder: Path) -> bytes:
    """What the files of a folder say, and what they are called."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = [str(path.relative_to(folder)).encode() for path in files]
    return b"\n".join([*names, *(text for path in files for text in readable(path))])


@pytest.mark.parametrize(
    "other", ["１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002x ", "110105-19491231-002X"]
)
def test_one_identity_however_it_is_written(other: str) -> None:
    hashed = person_hash(IDENTITY, KEY)
    assert person_hash(other, KEY) == hashed
    assert re.match(HASH_PATTERN, hashed)
    assert int(hashed[:2], 16) == KEY.version == 1


def test_another_key_another_hash() -> None:
    hashes = {
        person_hash(IDENTITY, key) for key in (KEY, PersonKey(2, KEY.secret), PersonKey(1, SecretBytes(b"x" * 32)))
    }
    assert len(hashes) == 3


@pytest.mark.parametrize("identity", ["", "  ", "-"])
def test_nobody_has_no_hash(identity: str) -> None:
    with pytest.raises(InvalidInput):
        person_hash(identity, KEY)


@pytest.mark.parametrize(("version", "secret"), [(0, b"x" * 32), (256, b"x" * 32), (1, b"x" * 31)])
def test_a_weak_key_is_refused(version: int, secret: bytes) -> None:
    with pytest.raises(InvalidInput):
        PersonKey(version, SecretBytes(secret))


@pytest.mark.parametrize(
    ("column", "text"),
    [
        pytest.param("address", f"深圳市南山区,身份证{IDENTITY}", id="an identity number after a Chinese character"),
        pytest.param("address", f"电话{MOBILE}转2", id="a mobile number"),
        pytest.param("name", f"深圳市{MAIL}贸易", id="an e-mail address"),
        pytest.param("legal_rep_hash", DIGITS, id="an identity number that would pass for a hash"),
        pytest.param("outside_key", IDENTITY, id="an identity number that serves as a key"),
    ],
)
def test_a_row_with_a_raw_identity_waits_without_it(tmp_path: Path, column: str, text: str) -> None:
    lake = make_lake(tmp_path)
    landed = land_rows(lake, REGISTRATION, [registration(ACME, **{column: text}), registration(BETA)])
    assert (landed.landed, landed.quarantined) == (1, 1)
    (waiting,) = list_waiting(lake)
    assert waiting.code == "person"
    held = waiting_texts(lake.catalogue)
    assert MASK in held
    assert not any(raw in held for raw in (IDENTITY, DIGITS, MOBILE, MAIL))
    assert replay(lake, at=instant("2025-08-01")).waiting == 1


@pytest.mark.parametrize("column", ["status", "uscc", "division", "record_id", "reg_no"])
def test_what_waits_for_another_reason_holds_no_identity_either(tmp_path: Path, column: str) -> None:
    lake = make_lake(tmp_path)
    row = registration(ACME, est_date=date(2030, 1, 1)) | {column: IDENTITY}
    assert land_rows(lake, REGISTRATION, [row]).quarantined == 1
    held = waiting_texts(lake.catalogue)
    assert MASK in held
    assert IDENTITY not in held


def test_numbers_that_are_no_persons_land(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    row = registration(ACME, record_id=f"F01-{MOBILE}", reg_no=DIGITS[:15])
    assert land_rows(lake, REGISTRATION, [row]).landed == 1
    assert land_rows(lake, COMPLAINT, [complaint(ACME)]).landed == 1


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param(IDENTITY, True, id="bare"),
        pytest.param(f"借款人{IDENTITY}号", True, id="among Chinese"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", True, id="wide"),
        pytest.param("110105 19491231 002x", True, id="spaced"),
        pytest.param(IDENTITY[:-1] + "1", False, id="a check character that does not agree"),
        pytest.param("019a5c1e-7a00-7000-8000-000000000000", False, id="a number of ours"),
        pytest.param(ACME, False, id="an enterprise's code"),
        pytest.param("LN-2026-000123", False, id="a serial"),
    ],
)
def test_a_number_of_a_person_is_known_by_its_check_character(text: str, holds: bool) -> None:
    assert holds_identity_number(text) is holds


def test_no_secret_token_code_or_identity_is_left_in_a_table_or_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = public_home(tmp_path)
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        bank, firm = enrol(settings, http, "农商银行"), enrol(settings, http, "阿克美", "enterprise", uscc=ACME)
        with ledger_transaction(settings.ledger_url) as session:
            key = code_key(derived_key(settings, ONE_TIME_CODES), find_client(session, firm.client_id))
        code = code_at(key, step_of(now()))
        terms = own_terms(ACME)
        text = firm.post("/v1/consents/text", terms).json()["document_sha256"]
        assert firm.post("/v1/consents", terms | {"document_sha256": text, "one_time_code": code}).status_code == 201
        assert bank.report(ACME).status_code == 201
        assert bank.report(ACME, client_serial=IDENTITY).status_code == 422
        assert bank.report(ACME, subject={"uscc": ACME, "name": f"王某{IDENTITY}"}).status_code == 422
        assert bank.report(ACME, key=IDENTITY).status_code == 400
        assert bank.post("/v1/loan-products", EXAMPLE | {"name": f"王某{IDENTITY}"}).status_code == 422
        assert bank.get("/nowhere", headers={"X-Request-Id": IDENTITY}).headers["X-Request-Id"] != IDENTITY
        guess = {"grant_type": "client_credentials", "client_id": bank.client_id, "client_secret": "a-wrong-guess"}
        assert http.post("/oauth/token", data=guess).status_code == 401
    tokens = [caller.headers["Authorization"].removeprefix("Bearer ") for caller in (bank, firm)]
    hidden = [bank.client_secret, firm.client_secret, *tokens, IDENTITY, "a-wrong-guess"]
    written = b"\n".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) + caplog.text.encode()
    assert [secret for secret in hidden if secret.encode() in written] == []
    assert [table for table, said in said_by_tables(settings.ledger_url).items() if code in said.split("|")] == []


def said_by_tables(url: str) -> dict[str, str]:
    """Every cell of every table as text."""
    with open_ledger_database(url).connect() as connection:
        return {
            table.name: "|".join(str(cell) for row in connection.execute(select(table)) for cell in row)
            for table in LedgerTable.metadata.sorted_tables
        }
