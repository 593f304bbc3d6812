"""Staff who teach: who stands where and a file with names, grading with a rubric, and credentials by hand."""

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

pytestmark = in_a_browser_nightly

SET_UP: Final = """
from django.contrib.auth.models import Group
from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from accounts.models import User
from authsvc.composition.container import services
from courses.domain.entities.assessments import Answer
from courses.definitions.courses import read_definition
from tests.support.attempts import RIGHT, Examinee
from tests.support.builders import a_principal, some_terms
from tests.support.exams import WITH_LEVELS

services = services()
bo = services.repositories.users.find_by_email({email!r})
services.emails.verify(bo.id, email={email!r})
services.users.edit(bo.id, UserChanges(is_staff=True), by=OPERATOR)
groups = Group.objects.filter(name__in=["Course editors", "Credential officers"])
User.objects.get(pk=bo.id).groups.set(groups)
definition = read_definition(
    WITH_LEVELS.replace("slug: knots", "slug: {slug}").replace("title: Knots", "title: {title}")
)
draft = services.authoring.create(definition, by=OPERATOR)
course = services.authoring.publish(draft.slug, by=OPERATOR)
for name in ("Anna Keller", "Chidi Eze", "Dalia Haddad", "Emil Novak"):
    address = f"{{name.split()[0].lower()}}@{slug}.example"
    user = services.users.create(
        email=address, name=name, password="correct horse battery", roles=(), by=OPERATOR
    )
    learner = Examinee(services=services, principal=a_principal(user), course=course)
    learner.enrols(course)
    if name.startswith("Emil"):
        continue
    learner.takes(**(RIGHT if name.startswith("Anna") else {{}}))
    if not name.startswith("Dalia"):
        text = "I would use less rope.\\n\\nSee https://rope.example/less for how."
        picture = Answer(url="https://files.school.example/bowline.jpg")
        learner.takes("project", picture=picture, feedback=Answer(text=text))
terms = some_terms(course_id=course.id, name="Knot Basics {slug}", criteria="Tie every knot.")
services.credentials.define(terms, by=OPERATOR)
"""


def set_up_a_course(town: Town, email: str) -> str:
    """Make the user a teacher of a new course with four learners, and return its slug; its title is alike."""
    slug = f"knots-{uuid4().hex[:8]}"
    script = SET_UP.format(email=email, slug=slug, title=slug.title())
    manage(town.school.environment, "shell", "-c", script)
    return slug


def at_school(page: Page, town: Town, width: int) -> str:
    """Sign in a teacher of a new course with four learners, and return its slug."""
    email = town.resident("bo")
    slug = set_up_a_course(town, email)
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, email)
    set_up_app(page)
    return slug


def look(page: Page, name: str) -> None:
    """Check that nothing passes the right edge, and that all words have contrast."""
    viewport = page.viewport_size
    assert photograph(page, f"learning-{name}") == WIDTHS
    assert page.get_by_role("heading", level=1).count() == 1
    assert list(faint_words(page)) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(viewport or {"width": 1280, "height": 800})


@each_width
def test_who_stands_where_is_seen_and_exported_with_names(
    page: Page, town: Town, width: int
) -> None:
    title = at_school(page, town, width).title()
    page.goto("/admin/progress/courseprogress/courses/")
    look(page, "courses")
    follow(page, title)
    look(page, "grid")

    follow(page, "1 not started")
    expect(page.get_by_role("rowheader", name="Emil Novak")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Anna Keller")).to_have_count(0)
    page.get_by_label("Name or e-mail").fill("haddad")
    page.get_by_label("Show").select_option("all")
    press(page, "Filter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV with names").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[1].startswith("Dalia Haddad,dalia@")
    assert "Failed 0 %" in lines[1]

    page.get_by_role("rowheader").get_by_role("link", name="Dalia Haddad").click()
    look(page, "learner")
    follow(page, "Void attempt 1 at A quiz")
    page.get_by_label("Reason").fill("The network was down.")
    look(page, "void")
    page.get_by_role("main").get_by_role("button", name="Void attempt 1").click()
    expect(page.get_by_text("It no longer counts.")).to_be_visible()
    expect(page.get_by_text("“The network was down.”")).to_be_visible()


@each_width
def test_submissions_are_graded_with_a_rubric_and_its_levels_one_after_the_other(
    page: Page, town: Town, width: int
) -> None:
    title = at_school(page, town, width).title()
    page.goto("/admin/progress/assessmentattempt/queue/")
    page.get_by_label("Course", exact=True).select_option(label=f"{title} (2)")
    press(page, "Filter")
    look(page, "queue")
    follow(page, "A project of Anna Keller")
    link = page.get_by_role("link", name="https://files.school.example/bowline.jpg")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    expect(page.get_by_text("1 of 2, oldest first")).to_be_visible()

    page.get_by_role("group", name="It holds.").get_by_label("All of it holds.").check()
    page.get_by_role("group", name="It looks good.").get_by_role("radio", name="1").check()
    expect(page.get_by_role("status")).to_have_text("4")
    press(page, "Save and next")
    expect(page.get_by_text("Not saved: 1 field needs attention.")).to_be_visible()
    page.get_by_role("group", name="Points").get_by_role("radio", name="1").check()
    page.get_by_label("Comment on question 1 (optional)").fill("A neat bowline.")
    look(page, "grade")
    press(page, "Save and next")
    expect(page.get_by_text("Graded A project of Anna Keller: 5 of 6 points")).to_be_visible()
    expect(page.get_by_text("Chidi Eze, attempt 1")).to_be_visible()

    follow(page, "Chidi Eze on this course")
    page.go_back()
    page.get_by_role("group", name="It holds.").get_by_label("Nothing holds.").check()
    for name in ("It looks good.", "Points"):
        page.get_by_role("group", name=name).get_by_role("radio", name="0").check()
    press(page, "Save")
    look(page, "graded")
    follow(page, "Regrade")
    page.get_by_role("group", name="It holds.").get_by_label("Some of it holds.").check()
    page.get_by_label("Why do you regrade it?").fill("Looked again.")
    look(page, "regrade")
    press(page, "Save")
    expect(page.get_by_text("0 → 1 of 6 points")).to_be_visible()
    expect(page.get_by_text("Bo: 1 point. “Looked again.”")).to_be_visible()
    expect(page.get_by_text("It holds. 1 of 3: Some of it holds.")).to_be_visible()


@each_width
def test_a_credential_is_issued_revoked_and_issued_again(
    page: Page, town: Town, width: int
) -> None:
    slug = at_school(page, town, width)
    page.goto(f"/admin/credentials/credential/?q={slug}")
    follow(page, f"Knot Basics {slug}")
    follow(page, "Who is eligible")
    look(page, "eligible")
    page.go_back()
    page.get_by_role("link", name="Issue", exact=True).click()
    page.get_by_label("E-mail addresses").fill(f"anna@{slug}.example\nnobody@{slug}.example")
    page.get_by_label("Reason").fill("Tied them all at the harbour.")
    look(page, "issue")
    page.get_by_role("main").get_by_role("button", name="Issue").click()
    expect(page.get_by_text("Nothing is issued yet: 1 not eligible")).to_be_visible()
    page.get_by_label("Also issue it to those who are not eligible").check()
    look(page, "preview")
    page.get_by_role("main").get_by_role("button", name="Issue").click()
    look(page, "issued")
    follow(page, "Issued credential of Anna Keller")

    follow(page, "Revoke")
    expect(page.get_by_text("The public page says that it is revoked")).to_be_visible()
    page.get_by_label("Reason").fill("Misspelt.")
    look(page, "revoke")
    page.get_by_role("main").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("of Anna Keller. Its public page says so.")).to_be_visible()
    follow(page, "Re-issue")
    page.get_by_label("Reason").fill("Spelt right.")
    page.get_by_role("main").get_by_role("button", name="Re-issue").click()
    expect(page.get_by_text("This is the new one.")).to_be_visible()
    look(page, "reissued")
