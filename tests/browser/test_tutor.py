"""The page of an item, and the conversation with the tutor: with a script, and without it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_looks import look
from tests.support.application import PASSWORD
from tests.support.chromium import Town, in_a_browser, press, sign_in
from tests.support.model_server import (
    ModelServer,
    Scripted,
    message_end,
    message_start,
    model_server,
    text_delta,
)
from tests.support.school import SAMPLE, open_school
from tests.support.wire import WireCaller

pytestmark = in_a_browser


def an_item(town: Town, email: str) -> str:
    """The path of the first item of the sample course, on which the user is enrolled from now on."""
    session = town.school.stranger().post("/v1/auth/login", {"email": email, "password": PASSWORD})
    anna = WireCaller(town.school.server.port, session.json["access_token"])
    assert anna.post(f"{SAMPLE}/enroll").status == 201
    item = anna.get(SAMPLE).json["modules"][0]["items"][0]["id"]
    return f"/courses/intro-to-claude/items/{item}"


@pytest.fixture
def item(page: Page, town: Town) -> str:
    """The path of an item, for a page that is signed in."""
    email = town.resident()
    path = an_item(town, email)
    sign_in(page, email, at=f"/signin?next={path}")
    return path


def test_an_answer_is_streamed_and_can_be_rated(page: Page, item: str) -> None:
    look(page, "item-with-tutor")
    page.get_by_label("Your message").fill("Is it a <b>search engine</b>?")
    page.get_by_label("Your message").press("Enter")

    expect(page.get_by_role("status")).to_have_text("Answer complete")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-busy", "false")
    expect(log).to_contain_text("Is it a <b>search engine</b>?")
    expect(log).to_contain_text("What have you tried so far")
    look(page, "item-answered")

    press(page, "Helpful")
    expect(page.get_by_role("status").first).to_have_text("Thank you for your feedback.")
    page.get_by_role("link", name="Report this answer").click()
    look(page, "answer-report")
    page.get_by_label("What is wrong with it?").fill("It is rude.")
    press(page, "Report")
    expect(page.get_by_role("status").first).to_have_text("Report received.")


@pytest.fixture
def slow_town(tmp_path: Path) -> Iterator[tuple[Town, ModelServer]]:
    """A school whose tutor is a model that begins to write, and then pauses for long."""
    with model_server() as model:
        model.answers(
            Scripted(
                parts=[message_start(), text_delta("A language model is "), 15.0, message_end()]
            )
        )
        with open_school(
            tmp_path,
            workers=1,
            threads=4,
            EMAIL_URL=f"file://{tmp_path}/mail",
            TUTOR="anthropic",
            TUTOR_MODEL="knots-1",
            TUTOR_API_KEY="key",
            TUTOR_BASE_URL=model.url,
        ) as school:
            yield Town(school, tmp_path / "mail"), model


@pytest.mark.nightly
def test_an_answer_can_be_stopped(slow_town: tuple[Town, ModelServer], chromium: Browser) -> None:
    town, model = slow_town
    page, email = chromium.new_page(base_url=town.url), town.resident()
    path = an_item(town, email)
    sign_in(page, email, at=f"/signin?next={path}")
    page.get_by_label("Your message").fill("What is it?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".arriving")).to_have_text("A language model is ")
    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_role("status")).to_have_text("You stopped this answer.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")
    page.context.close()
    assert len(model.requests) == 1


def test_an_item_is_completed(page: Page, item: str) -> None:
    press(page, "Mark as complete")

    expect(page.get_by_text("You have completed this item.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{item}$"))


@pytest.mark.nightly
def test_without_a_script_the_page_waits_for_the_answer(town: Town, chromium: Browser) -> None:
    context = chromium.new_context(base_url=town.url, java_script_enabled=False)
    page, email = context.new_page(), town.resident()
    path = an_item(town, email)
    sign_in(page, email, at=f"/signin?next={path}")
    page.get_by_label("Your message").fill("What is it?")
    press(page, "Send")

    expect(page).to_have_url(re.compile(f"{path}#latest$"))
    expect(page.get_by_role("log")).to_contain_text("What have you tried so far")
    context.close()


def test_who_is_not_enrolled_sees_the_item_without_a_tutor(page: Page, town: Town) -> None:
    path = an_item(town, town.resident())
    sign_in(page, town.resident(), at=f"/signin?next={path}")

    expect(page.get_by_text("Enrol on the course")).to_be_visible()
    expect(page.get_by_role("log")).to_have_count(0)
    look(page, "item-without-tutor")
