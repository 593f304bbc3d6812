"""Times as PostgreSQL sends them: read as Django reads them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg import DataError

from authsvc.storage.postgres_times import UtcLoader


def loaded(text: str) -> datetime:
    return UtcLoader(0).load(text.encode())


@given(time=st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_read_as_it_was_written(time: datetime) -> None:
    text = time.isoformat(sep=" ").removesuffix(":00")

    assert loaded(text) == time
    assert loaded(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-30 15:27:09.5+00", datetime(2026, 11, 30, 15, 27, 9, 500_000, tzinfo=UTC)),
        (
            "2026-11-30 15:27:09+05:30",
            datetime(2026, 11, 30, 15, 27, 9, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        ),
        (
            "1900-01-01 00:19:32+00:19:32",
            datetime(1900, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_fractions_and_offsets_are_read(text: str, time: datetime) -> None:
    assert loaded(text) == time
    assert loaded(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["infinity", "0044-03-15 00:00:00+00 BC", "10000-01-01 00:00:00+00"]
)
def test_a_time_that_python_cannot_express_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        loaded(text)


@pytest.mark.database
@pytest.mark.postgres
def test_every_connection_reads_times_so() -> None:
    with connection.cursor() as cursor:
        loader = cursor.adapters.get_loader(1184, 0)
        cursor.execute("SELECT timestamptz '2026-11-30 15:27:09.25+02'")
        (time,) = cursor.fetchone()

    assert loader is UtcLoader
    assert time == datetime(2026, 11, 30, 13, 27, 9, 250_000, tzinfo=UTC)
