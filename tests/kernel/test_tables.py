"""CSV and XLSX output."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from authsvc.kernel.tables import csv_of
from authsvc.kernel.workbooks import xlsx_of


def test_a_table_is_csv_with_quotes_where_they_are_needed() -> None:
    assert (
        csv_of([("title", "learners"), ('Tie, "so"', 3)]) == 'title,learners\r\n"Tie, ""so""",3\r\n'
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d", "\t"])
def test_a_cell_that_a_spreadsheet_would_evaluate_is_made_harmless(begin: str) -> None:
    assert csv_of([(f"{begin}A1", "b")]) == f"'{begin}A1,b\r\n"


def test_numbers_stay_numbers() -> None:
    assert csv_of([(-1, "1")]) == "-1,1\r\n"


def test_a_workbook_has_the_same_rows_and_no_formulas() -> None:
    content = xlsx_of([("name", "points"), ("=A1+1", 3), ("Anna\x00 Keller", -1)])

    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert rows == [("name", "points"), ("=A1+1", 3), ("Anna Keller", -1)]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
