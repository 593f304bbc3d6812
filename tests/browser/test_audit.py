"""The audit log in the admin site, on desktop and phone: what was done to a person last week, as a file."""

import csv
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.test_second_factors import an_admin, set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    heading,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)
from tests.support.commands import manage

pytestmark = in_a_browser_nightly

DEACTIVATED: Final = """
from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
anna = services().repositories.users.find_by_email({email!r})
services().users.deactivate(anna.id, reason="Left the school", by=OPERATOR)
"""


def test_what_was_done_to_a_person_last_week_is_found_and_exported(
    page: Page, town: Town, tmp_path: Path
) -> None:
    anna = town.resident("anna")
    manage(town.school.environment, "shell", "-c", DEACTIVATED.format(email=anna))
    sign_in(page, an_admin(town), at="/admin/")
    set_up_app(page)
    page.goto("/admin/accounts/auditentry/")
    assert heading(page) == "Audit log"

    page.get_by_role("link", name="7 days").click()
    page.get_by_label("Person or client").fill(anna)
    page.get_by_label("As").select_option(label="To whom")
    page.get_by_role("button", name="Filter").click()

    entry = page.get_by_role("row").filter(has_text="Deactivated Anna")
    expect(entry).to_contain_text("Command line")
    expect(entry).to_contain_text("Reason: “Left the school”")
    entry.get_by_text("Details").click()
    expect(entry).to_contain_text("Active: yes → no")
    assert photograph(page, "audit-log") == WIDTHS

    press(page, "Export CSV")
    assert heading(page) == "Export of the audit log"
    result = page.get_by_role("link", name="audit-log.csv")
    expect(result).to_be_visible()
    assert photograph(page, "audit-export") == WIDTHS
    with page.expect_download() as download:
        result.click()
    download.value.save_as(tmp_path / "audit-log.csv")

    with (tmp_path / "audit-log.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert [(row["action"], row["subject"]) for row in listed][-1] == ("user-edited", "Anna")
    page.goto("/admin/accounts/auditentry/")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("Exported the audit log")
