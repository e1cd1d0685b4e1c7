"""What stands until a person acts: stopped feeds, and records whose time is over."""

from features.health.alerts import file_alerts, stop_alerts, term_alerts


def test_a_stopped_feed_says_how_it_goes_on() -> None:
    (told,) = stop_alerts({"F18": "july.csv: F18 has no column surprise."})
    assert (told.subject, told.code) == ("F18", "stopped")
    assert told.text == (
        "nothing lands since july.csv: F18 has no column surprise. "
        "Ask its publisher for rows in the agreed columns, or let it go on with: bureau feeds resume F18"
    )


def test_records_over_their_term_are_counted_together() -> None:
    assert term_alerts({}) == []
    (told,) = term_alerts({"F18": 1_000, "F34": 234})
    assert (told.subject, told.code) == ("lake", "expired")
    assert told.text.startswith("1,234 records of 2 feeds are over their term")
    assert "only features and training sets of earlier days still read them" in told.text
    assert told.text.endswith("bureau feeds archive --all --basis GROUND")


def test_a_file_that_could_not_be_landed_is_told_with_its_fault() -> None:
    assert file_alerts({}) == []
    (told,) = file_alerts({"F18-1.parquet": "PermissionError: no access."})
    assert (told.subject, told.code) == ("F18-1.parquet", "failed")
    assert (
        told.text == "PermissionError: no access. It lies in the inbox and is tried again with each day that is closed."
    )
