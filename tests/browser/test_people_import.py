"""Import and export of people in the admin site, on desktop and phone: from a workbook to the file of an export."""

import csv
from pathlib import Path
from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect

from authsvc.kernel.workbooks import xlsx_of
from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    fill,
    heading,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)

pytestmark = in_a_browser_nightly

HEADINGS: Final = ("email", "name", "roles")


def test_people_are_imported_from_a_workbook_and_exported(
    page: Page, town: Town, tmp_path: Path
) -> None:
    anna, family = town.resident("anna"), f"Berg{uuid4().hex[:6]}"
    jonas = f"jonas-{uuid4().hex[:8]}@school.example"
    sign_in(page, an_admin(town), at="/admin/")
    set_up_app(page)
    page.goto("/admin/accounts/user/")
    assert photograph(page, "people") == WIDTHS
    page.get_by_role("link", name="Import", exact=True).click()
    assert heading(page) == "Import people"
    assert photograph(page, "people-import") == WIDTHS

    book, rows = tmp_path / "people.xlsx", [(anna, f"Anna {family}", "instructor")]
    book.write_bytes(xlsx_of([HEADINGS, *rows, (jonas, f"Jonas {family}", "owner")]))
    page.get_by_label("File").set_input_files(book)
    press(page, "Check the list")
    expect(page.get_by_role("row").filter(has_text=jonas)).to_contain_text("There is no such role")
    assert photograph(page, "people-import-errors") == WIDTHS

    page.get_by_role("link", name="Choose another file").click()
    book.write_bytes(xlsx_of([HEADINGS, *rows, (jonas, f"Jonas {family}", "")]))
    page.get_by_label("File").set_input_files(book)
    press(page, "Check the list")
    assert photograph(page, "people-import-preview") == WIDTHS
    fill(page, reason="New school year")
    press(page, "Import 2 people")
    expect(page.get_by_text("Imported 2 people and sent 1 invitation.")).to_be_visible()
    assert len(town.links_for(jonas)) == 1

    page.goto(f"/admin/accounts/user/?q={family}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    download.value.save_as(tmp_path / "people.csv")
    with (tmp_path / "people.csv").open(encoding="utf-8-sig") as file:
        listed = {row["email"]: row["roles"] for row in csv.DictReader(file)}
    assert listed == {anna: "learner, instructor", jonas: "learner"}
    page.goto("/admin/accounts/auditentry/?act=People")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Exported people")
