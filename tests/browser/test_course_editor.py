"""The course editor: a course is written from nothing and published, and others are imported, on desktop and phone."""

import tarfile
from io import BytesIO
from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.test_looks import faint_words
from tests.browser.test_second_factors import set_up_app
from tests.support.chromium import (
    WIDTHS,
    Town,
    each_width,
    follow,
    in_a_browser_nightly,
    photograph,
    press,
    sign_in,
)
from tests.support.commands import manage
from tests.support.definitions import KNOTS_YAML
from tests.support.olx import KNOTS

pytestmark = in_a_browser_nightly

MAKE_AN_AUTHOR: Final = """
from django.contrib.auth.models import Group
from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from accounts.models import User
from authsvc.composition.container import services
user = services().repositories.users.find_by_email({email!r})
services().emails.verify(user.id, email={email!r})
services().users.edit(user.id, UserChanges(is_staff=True), by=OPERATOR)
User.objects.get(pk=user.id).groups.add(Group.objects.get(name="Course editors"))
"""


def sign_in_an_author(page: Page, town: Town) -> None:
    """Sign a new course editor in on the admin site."""
    email = town.resident("bo")
    manage(town.school.environment, "shell", "-c", MAKE_AN_AUTHOR.format(email=email))
    sign_in(page, email)
    set_up_app(page)
    page.goto("/admin/courses/course/")


def look(page: Page, name: str) -> None:
    """Check that nothing passes the right edge, and that all words have contrast."""
    page.evaluate(
        "document.querySelectorAll('details.question').forEach((one) => { one.open = true; })"
    )
    viewport = page.viewport_size
    assert photograph(page, f"course-{name}") == WIDTHS
    assert page.get_by_role("heading", level=1).count() == 1
    assert list(faint_words(page)) == []
    page.set_viewport_size(viewport or {"width": 1280, "height": 800})


def add_item(page: Page, module: str, title: str, kind: str) -> None:
    follow(page, f"Add an item to {module}")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Kind").select_option(kind)
    press(page, "Add the item")


@each_width
def test_a_course_is_written_from_nothing_and_published(page: Page, town: Town, width: int) -> None:
    sign_in_an_author(page, town)
    page.set_viewport_size({"width": width, "height": 800})
    title = f"Knots {uuid4().hex[:8]}"
    follow(page, "New course")
    look(page, "new")
    page.get_by_label("Title").fill(title)
    press(page, "Create the course")
    expect(page.get_by_text(f"Created {title}.")).to_be_visible()

    follow(page, "Introduction")
    page.get_by_label("Text (Markdown)").fill("Make a **loop**.")
    expect(page.get_by_label("Preview of the text").locator("strong")).to_have_text("loop")
    press(page, "Save the draft")
    page.get_by_role("navigation", name=title).get_by_role("link", name="Outline").click()
    follow(page, "Add a module")
    page.get_by_label("Title of the module").fill("Check")
    page.get_by_label("Title of its first item").fill("Reading list")
    press(page, "Add the module")
    add_item(page, "Check", "Quiz", "assessment")
    write_quiz(page)
    look(page, "item")
    press(page, "Save and preview")
    page.get_by_label("A granny").check()
    press(page, "Check the answers")
    expect(page.get_by_role("status")).to_contain_text("1 of 1 points")
    look(page, "preview")

    page.get_by_role("navigation", name=title).get_by_role("link", name="Outline").click()
    page.get_by_role("button", name="Move Quiz up").click()
    expect(page.get_by_role("button", name="Move Quiz down")).to_be_enabled()
    look(page, "outline")
    follow(page, "Publish version 1")
    look(page, "publish")
    page.get_by_label("Note").fill("The first version.")
    press(page, "Publish version 1")
    expect(page.get_by_text(f"Published version 1 of {title}.")).to_be_visible()
    compare(page, title)


def write_quiz(page: Page) -> None:
    """Write a question with two choices, after an error is shown."""
    press(page, "Add a question")
    page.get_by_label("Question (Markdown)").fill("Which one slips?")
    page.get_by_label("Choice 1 of question 1", exact=True).fill("A granny")
    page.get_by_label("Choice 1 of question 1 is correct").check()
    press(page, "Save the draft")
    expect(page.get_by_text("Choice 2 is empty.")).to_be_visible()
    look(page, "item-errors")
    page.get_by_label("Choice 2 of question 1", exact=True).fill("A bowline")


def compare(page: Page, title: str) -> None:
    """Look at what a change of the published course differs in."""
    follow(page, "Introduction")
    page.get_by_label("Text (Markdown)").fill("Make two loops.")
    press(page, "Save the draft")
    follow(page, "Compare with version 1")
    page.get_by_text("As YAML").click()
    expect(page.get_by_text("1 item changed.").first).to_be_visible()
    look(page, "compare")
    for tab in ("Settings", "YAML", "Versions", "Import and export"):
        page.get_by_role("navigation", name=title).get_by_role("link", name=tab, exact=True).click()
        look(page, f"tab-{tab.split()[0].lower()}")


def test_courses_are_imported_from_yaml_and_from_open_edx(page: Page, town: Town) -> None:
    sign_in_an_author(page, town)
    slug = f"knots-{uuid4().hex[:8]}"
    follow(page, "Import YAML")
    page.locator("textarea").fill(KNOTS_YAML.replace("slug: knots", f"slug: {slug}"))
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text(f"The draft of {slug} has been imported.")).to_be_visible()

    page.goto("/admin/courses/course/")
    follow(page, "Import an Open edX course")
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        packed.add(KNOTS, "course")
    content = archive.getvalue()
    page.get_by_label("Archive").set_input_files(
        {"name": "knots.tar.gz", "mimeType": "application/gzip", "buffer": content}
    )
    press(page, "Read the archive")
    while page.get_by_text("The archive is being read").is_visible():
        page.reload()
    expect(page.get_by_role("heading", name="Not imported")).to_be_visible()
    look(page, "archive")
    press(page, "Create the course")
    expect(page.get_by_text("has been imported.")).to_be_visible()
    look(page, "imported")
