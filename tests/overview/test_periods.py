"""Periods of the dashboard, and charts of their figures."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authsvc.admin_site.charts import BOTTOM, TOP, Chart, ChartSeries
from authsvc.overview.entities import LONGEST_DAYS, Period

TODAY = date(2026, 11, 28)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))


def a_chart(*values: int, days: list[date] | None = None) -> Chart:
    return Chart(
        key="issued",
        title="Credentials issued",
        days=days or [TODAY + timedelta(days=index) for index in range(len(values))],
        is_by_week=False,
        series=(ChartSeries(label="Issued", values=values),),
    )


def test_a_period_is_the_last_ninety_days_by_default() -> None:
    assert Period.of(None, None, today=TODAY) == Period(since=date(2026, 8, 31), until=TODAY)


@pytest.mark.parametrize(("number", "is_by_week"), [(1, False), (31, False), (32, True)])
def test_up_to_31_days_are_counted_by_day(number: int, is_by_week: bool) -> None:  # noqa: FBT001  # parametrized
    period = Period(since=TODAY - timedelta(days=number - 1), until=TODAY)

    assert (period.days, period.is_by_week) == (number, is_by_week)


@pytest.mark.parametrize("since", [date(2027, 1, 1), TODAY])
def test_a_period_does_not_end_before_it_begins(since: date) -> None:
    assert Period.of(since, TODAY, today=TODAY) == Period(since=TODAY, until=TODAY)


@given(since=days, until=days)
def test_no_period_is_longer_than_three_years(since: date, until: date) -> None:
    assert 1 <= Period.of(since, until, today=TODAY).days <= LONGEST_DAYS


def test_the_first_year_has_nothing_before_it() -> None:
    period = Period.of(date.min, date(1, 1, 3), today=TODAY)

    assert period.before == Period(since=date.min, until=date.min)


@given(since=days, length=st.integers(0, 400), counts=st.dictionaries(days, st.integers(1, 9)))
def test_parts_add_up_to_the_period(since: date, length: int, counts: dict[date, int]) -> None:
    period = Period(since=since, until=since + timedelta(days=length))
    within = {since + timedelta(days=index): 2 for index in range(0, length + 1, 3)}

    parts = period.by_part(counts | within)

    assert len(parts) == len(period.beginnings())
    everything = (counts | within).items()
    assert sum(parts) == sum(count for day, count in everything if period.covers(day))


def test_weeks_begin_on_mondays() -> None:
    period = Period.of(None, None, today=TODAY)

    assert {day.weekday() for day in period.beginnings()} == {0}


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_all_points_of_a_chart_are_within_its_grid(values: list[int]) -> None:
    chart = a_chart(*values)

    (shape,) = chart.shapes()
    assert all(TOP <= point["y"] <= BOTTOM for point in shape["points"])
    assert next(rule["value"] for rule in chart.rules()) == 0
    assert len(list(chart.labels())) <= 6


def test_a_chart_says_what_it_shows() -> None:
    assert a_chart(1, 4, 2).finding == "Issued by day: 7 in all, most on 2026-11-29 (4)."
    assert a_chart(0, 0).finding == "Issued by day: none."


def test_the_table_of_a_chart_has_a_row_a_day() -> None:
    assert a_chart(3, 5).table == [["Day", "Issued"], ["2026-11-28", 3], ["2026-11-29", 5]]
