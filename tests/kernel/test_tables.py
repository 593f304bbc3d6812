"""CSV output."""

import pytest

from authsvc.kernel.tables import csv_of


def test_a_table_is_csv_with_quotes_where_they_are_needed() -> None:
    assert (
        csv_of([("title", "learners"), ('Tie, "so"', 3)]) == 'title,learners\r\n"Tie, ""so""",3\r\n'
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d", "\t"])
def test_a_cell_that_a_spreadsheet_would_evaluate_is_made_harmless(begin: str) -> None:
    assert csv_of([(f"{begin}A1", "b")]) == f"'{begin}A1,b\r\n"


def test_numbers_stay_numbers() -> None:
    assert csv_of([(-1, "1")]) == "-1,1\r\n"
