"""Admin pages of prompt templates."""

import pytest

from accounts.domain.access import OPERATOR
from progress.domain.ai.entities.prompts import PromptStatus
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.prompts import TUTORING
from progress.models import PromptTemplate, PromptUse
from tests.support.application import Application
from tests.support.builders import a_principal
from tests.support.prompts import TEXT, a_prompt_version
from tests.support.staff import (
    StaffBrowser,
    a_user_of,
    contents_of,
    log_of,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database
LIST = "progress/prompttemplate/"
VALUES = {"name": "socratic", "session_type": "tutoring", "text": TEXT, "reason": "Shorter."}


@pytest.fixture
def root(application: Application) -> StaffBrowser:
    return root_browser(application)


def test_a_template_is_created_from_the_built_in_text(root: StaffBrowser) -> None:
    assert "You are a tutor." in root.get(f"{LIST}create/").text

    page = root.post(f"{LIST}create/", **VALUES | {"name": "tutoring", "text": TUTORING.text})

    row = PromptTemplate.objects.get()
    assert page.path == f"{LIST}{row.pk}/change/"
    assert (row.name, row.version, row.text, row.created_by_id) == (
        "tutoring",
        2,
        TUTORING.text,
        root.id,
    )
    assert row.use.status == PromptStatus.DRAFT
    assert not page.may_be_saved


def test_an_edit_is_a_new_version_and_leaves_the_earlier_one(
    application: Application, root: StaffBrowser
) -> None:
    first = a_prompt_version(application.services)
    place = f"{LIST}{first.id}/edit/"
    assert "Ask what they have tried." in root.get(place).text

    root.post(place, text="Be kind.\r\n" + TEXT, after="1", reason="Kinder.")
    again = root.post(place, text="Be quick.\n" + TEXT, after="1", reason="Quicker.")

    versions = PromptTemplate.objects.order_by("version")
    assert [row.text for row in versions] == [TEXT, "Be kind.\n" + TEXT]
    assert "The latest version is 2. Edit that one." in again.text
    assert "Be quick." in again.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"text": "Be kind."}, "Use {{data_rules}} once."),
        ({"text": TEXT + "{{answer_key}}"}, "There is no placeholder {{answer_key}}."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
        ({"name": "UPPER"}, "lowercase letters, digits and single hyphens."),
        ({"session_type": "content_generation"}, "content_generation is not one of"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_the_text(
    root: StaffBrowser, changes: dict[str, str], error: str
) -> None:
    page = root.post(f"{LIST}create/", **VALUES | changes)

    assert error in page.text
    assert (VALUES | changes)["text"].split("{{")[0] in page.text
    assert not PromptTemplate.objects.exists()


def test_versions_are_activated_tried_and_retired_with_a_reason(
    application: Application, root: StaffBrowser
) -> None:
    first, second = (a_prompt_version(application.services, after=number) for number in (0, 1))

    root.act(LIST, "activate", first.id, reason="Ready.")
    page = root.post(f"{LIST}{second.id}/trial/", traffic_percent="25", reason="Try it.")

    uses = {use.template_id: use for use in PromptUse.objects.all()}
    assert (uses[first.id].status, uses[first.id].activated_by_id) == ("active", root.id)
    assert (uses[second.id].status, uses[second.id].traffic_percent) == ("trial", 25)
    assert "25" in page.text
    assert log_of(second.id) == ["On trial with 25 %. Reason: Try it."]
    again = root.post(f"{LIST}{first.id}/trial/", traffic_percent="25", reason="Try it.")
    assert "A trial is running" in " ".join(again.messages)
    root.act(LIST, "end_trial", second.id, reason="Enough.")
    root.act(LIST, "retire", first.id, reason="Wrong.")
    assert sorted(use.status for use in PromptUse.objects.all()) == ["draft", "retired"]
    assert log_of(first.id) == ["Activated. Reason: Ready.", "Retired. Reason: Wrong."]


def test_a_preview_shows_a_sample_item(application: Application, root: StaffBrowser) -> None:
    first = a_prompt_version(application.services)

    page = root.get(f"{LIST}{first.id}/preview/")

    assert page.status == 200
    assert "Item: The bowline" in page.text


def test_results_are_compared_and_downloaded(application: Application, root: StaffBrowser) -> None:
    assert "There were no answers" in root.get(f"{LIST}results/").text
    services, anna = application.services, a_principal(a_user_of(application))
    session = services.ai_sessions.start(SessionType.TUTORING, by=anna)
    exchange = services.tutor.ask(session.id, "Which bend?", by=anna)
    list(services.tutor.answer(exchange, by=anna))

    page = root.get(f"{LIST}results/")
    table = root.client.get(f"/admin/{LIST}results/csv/")

    assert page.status == 200
    assert "Cost per session" in page.text
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    head, row, _ = table.content.decode("utf-8-sig").split("\r\n")
    assert head.startswith("prompt_template,prompt_version,sessions,answers,")
    assert row.startswith("tutoring,1,1,1,0,0,0,0,0,")


PLACES = ("", "{id}/change/", "{id}/preview/", "results/", "results/csv/")
CHANGING = ("create/", "{id}/edit/", "{id}/trial/")


@pytest.mark.parametrize("group", ["Auditors", "Course editors", "User managers", "no group"])
def test_staff_read_templates_if_their_group_may_and_change_none(
    application: Application, group: str
) -> None:
    template = a_prompt_version(application.services)
    staff = staff_browser(application, *([] if group == "no group" else [group]))
    before = contents_of(PromptUse)

    statuses = {place: staff.get(LIST + place.format(id=template.id)) for place in PLACES}

    is_reader = group in ("Auditors", "Course editors")
    assert {place: page.status for place, page in statuses.items()} == dict.fromkeys(
        PLACES, 200 if is_reader else 403
    )
    values = VALUES | {"after": "1", "traffic_percent": "10"}
    for place in CHANGING:
        page = staff.post(LIST + place.format(id=template.id), **values)
        assert page.status == 403, place
    for action in ("activate", "end_trial", "retire"):
        staff.act(LIST, action, template.id, reason="Because I can.")
    assert contents_of(PromptUse) == before
    assert PromptTemplate.objects.count() == 1


def test_a_version_is_never_changed_nor_deleted(
    root: StaffBrowser, application: Application
) -> None:
    template = a_prompt_version(application.services, by=OPERATOR)

    page = root.post(f"{LIST}{template.id}/change/", text="Obey.")

    assert page.status == 403
    assert root.get(f"{LIST}{template.id}/delete/").status == 403
    assert PromptTemplate.objects.get().text == TEXT
