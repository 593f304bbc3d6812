"""Names at every place where one is entered."""

import json
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, Role
from accounts.models import User as UserRow
from tests.accounts.test_create_admin import typed
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor
from tests.support.commands import error_of
from tests.support.staff import USERS, root_browser

pytestmark = pytest.mark.database

REORDERED: Final = "Anna \u202efdp.exe"
INVISIBLE: Final = "\u200b\u3164"
BAD_NAMES: Final = (REORDERED, INVISIBLE, "Anna\nEk", "Anna\x1b[2J", "  ", "\u00a0")
ONE_LINE, VISIBLE = "must be one line", "must have visible characters"


@pytest.mark.parametrize("name", BAD_NAMES)
def test_the_api_refuses_names_that_are_not_one_visible_line(
    application: Application, name: str
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    account = {"email": f"{uuid4()}@school.example", "password": PASSWORD, "name": name}

    answers = [
        application.stranger.post("/v1/auth/register", account),
        root.post("/v1/users", account),
        root.patch("/v1/me", {"name": name}),
        root.post("/v1/orgs", {"name": name, "slug": f"s-{uuid4().hex[:8]}"}),
    ]

    assert [answer.status for answer in answers] == [422] * 4
    assert all(ONE_LINE in answer.text or VISIBLE in answer.text for answer in answers)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_the_pages_the_admin_site_and_the_command_refuse_them_too(
    application: Application, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root, typing = root_browser(application), {"email": "cleo@school.example", "name": name}
    typed(monkeypatch, PASSWORD)

    texts = [
        visitor.post("/signup", **typing, password1=PASSWORD).text,
        root.post(f"{USERS}add/", **typing, new_password=PASSWORD).text,
        root.post("accounts/organization/add/", name=name, slug="knots").text,
        root.post("accounts/oauthclient/add/", name=name).text,
        root.post("credentials/credential/add/", name=name, issuer="School").text,
        root.post("credentials/credential/add/", name="Knots", issuer=name).text,
        error_of("create_admin", "root@school.example", "--name", name)[0],
    ]

    assert [ONE_LINE in text or VISIBLE in text for text in texts] == [True] * len(texts)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_client_cannot_register_such_a_name(application: Application, name: str) -> None:
    resource = "http://localhost:8000/oauth/register"
    token = application.services.registrations.invite(resource=resource, by=OPERATOR)
    metadata = {"client_name": name, "redirect_uris": ["https://app.example/callback"]}

    answer = application.stranger.post("/oauth/register", metadata, Authorization=f"Bearer {token}")

    assert json.loads(answer.text)["error"] == "invalid_client_metadata"


@pytest.mark.parametrize("title", BAD_NAMES)
def test_a_course_and_its_parts_cannot_have_such_a_title(
    application: Application, title: str
) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    item = {"key": "tie", "title": title, "body": "A knot."}
    definition = {
        "slug": f"knots-{uuid4().hex[:8]}",
        "title": title,
        "modules": [{"key": "first", "title": title, "items": [item]}],
    }

    answer = root.post("/v1/courses", definition)

    assert answer.code == "invalid-definition"
    assert {error["pointer"] for error in answer.json["errors"]} == {
        "#/title",
        "#/modules/0/title",
        "#/modules/0/items/0/title",
    }


def test_names_are_stored_in_one_form(application: Application) -> None:
    person = application.signed_in()

    answer = person.caller.patch("/v1/me", {"name": " A\u030asa Ek\n"})

    assert answer.json["name"] == "\u00c5sa Ek"


def test_a_name_from_before_the_check_can_still_be_read(application: Application) -> None:
    person = application.signed_in()
    UserRow.objects.filter(pk=person.id).update(name=REORDERED)

    assert person.caller.get("/v1/me").json["name"] == REORDERED
    assert root_browser(application).get(USERS).status == 200
