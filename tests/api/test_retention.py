"""The query log is kept five years: nothing younger can be deleted, and of what is older only what nothing rests on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.asserting import assert_consent
from api.access.institutions import create_client, find_client
from api.access.tables import Consent, Notice
from api.database import open_ledger_database
from api.retention import KEPT, Deleted, purge
from api.tables import LedgerTable
from bureau.db import transaction
from bureau.errors import RetentionNotOver
from tests.factories.ledger import authorisation, sqlite_ledger

TODAY = datetime(2026, 11, 26, 4, tzinfo=UTC)
LEAP_DAY = datetime(2028, 2, 29, 4, tzinfo=UTC)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with transaction(open_ledger_database(sqlite_ledger(tmp_path))) as opened:
        yield opened


def ended(session: Session, last_day: date) -> str:
    """A consent asserted a week before its last day."""
    at = datetime.combine(last_day - timedelta(days=7), datetime.min.time(), UTC)
    made = create_client(session, "深圳银行", "bank", [], at)
    bank = find_client(session, made.client_id).institution_id
    signed = authorisation(valid_from=last_day - timedelta(days=7), valid_to=last_day)
    return assert_consent(session, bank, made.client_id, signed, at).id


@pytest.mark.parametrize(
    ("before", "at", "refused"),
    [
        pytest.param(date(2021, 11, 26), TODAY, False, id="five years ago to the day"),
        pytest.param(date(2021, 11, 27), TODAY, True, id="a day too young"),
        pytest.param(date(2026, 11, 26), TODAY, True, id="today"),
        pytest.param(date(2030, 1, 1), TODAY, True, id="the future"),
        pytest.param(date(2023, 2, 28), LEAP_DAY, False, id="from a leap day"),
        pytest.param(date(2023, 3, 1), LEAP_DAY, True, id="a day too young from a leap day"),
        pytest.param(
            date(2021, 11, 27), datetime(2026, 11, 26, 16, tzinfo=UTC), False, id="midnight has passed in Shanghai"
        ),
    ],
)
def test_nothing_younger_than_five_years_goes(session: Session, before: date, at: datetime, refused: bool) -> None:
    if refused:
        with pytest.raises(RetentionNotOver, match="5 years"):
            purge(session, before, at)
    else:
        assert purge(session, before, at) == Deleted(0, 0)


def test_what_ended_before_the_day_goes_and_what_ended_on_it_stays(session: Session) -> None:
    gone, kept = ended(session, date(2021, 11, 25)), ended(session, date(2021, 11, 26))
    assert purge(session, date(2021, 11, 26), TODAY) == Deleted(consents=1, notices=2)
    assert set(session.scalars(select(Consent.id))) == {kept} != {gone}


def test_a_consent_stays_with_its_notice(session: Session) -> None:
    consent = ended(session, date(2021, 11, 25))
    session.scalars(select(Notice)).one().created_at = datetime(2021, 11, 26, tzinfo=UTC)
    assert purge(session, date(2021, 11, 26), TODAY).consents == 0
    assert session.get(Consent, consent)


def test_the_rule_names_tables_that_exist() -> None:
    assert KEPT.keys() <= LedgerTable.metadata.tables.keys()
