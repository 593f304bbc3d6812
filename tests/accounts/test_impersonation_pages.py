"""Impersonation in a browser: what staff see as a person, and everything that is locked meanwhile."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone
from time_machine import travel

from accounts.domain.access import OPERATOR, Role
from accounts.domain.audit.entities import SIGNED_IN_AS
from accounts.domain.identity.entities.impersonation import Impersonation
from accounts.domain.identity.entities.users import RequiredAction, User, UserChanges
from accounts.models import AuditEntry, BrowserSession, Session
from accounts.models import User as UserRow
from accounts.pages.impersonation import READABLE, WRITABLE, ImpersonationMiddleware
from authsvc.http.impersonation import ActiveImpersonation, activate
from authsvc.http.middleware import API_PREFIXES
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Response, Visitor, mails, somebody
from tests.support.staff import ADMIN, USERS, a_user_of, root_browser, staff_browser, user_manager

pytestmark = pytest.mark.database

REASON: Final = "They cannot find their certificate."
STOP: Final = "impersonation_stop"


@dataclass(frozen=True)
class Desk:
    """Sam of staff, and the browser in which they are signed in as Anna."""

    sam: User
    anna: User
    browser: Visitor


def path_for(user: User) -> str:
    return f"{ADMIN}{USERS}{user.id}/sign-in-as/"


def page_of(user: User) -> str:
    return f"{ADMIN}{USERS}{user.id}/change/"


def begin(application: Application, *, read_only: bool = True) -> Desk:
    anna = a_user_of(application)
    sam, browser = somebody(application, name="Sam", email="sam@school.example", roles=[Role.ADMIN])
    answer = browser.post(
        path_for(anna), reason=REASON, **({"read_only": "on"} if read_only else {})
    )
    assert answer.leads_to == "/account"
    return Desk(sam, anna, browser)


@pytest.fixture
def desk(application: Application) -> Desk:
    return begin(application)


@pytest.fixture
def writing(application: Application) -> Desk:
    return begin(application, read_only=False)


def is_locked(answer: Response) -> bool:
    return answer.status == 403 and answer.heading == "Only Anna can do this"


def audited() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="impersonation")
    return [entry.action for entry in entries.order_by("position")]


def paths() -> Iterator[tuple[str, str]]:
    """The name of every page, and a path to it."""
    yield from _paths(get_resolver().url_patterns, "/")


def _paths(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        elif not path.startswith(API_PREFIXES):
            yield pattern.name or "", path


def _filled(route: str) -> str:
    def value_for(match: re.Match[str]) -> str:
        return {"id": str(uuid4()), "uuid": str(uuid4()), "int": "1"}.get(match[1], "x")

    route = re.sub(r"<(\w+):\w+>", value_for, route)
    route = re.sub(r"\(\?P<\w+>\[0-9a-f\]\{32\}\)", uuid4().hex, route)
    return re.sub(r"\(\?P<\w+>[^)]*\)", "x", route).strip("^$\\Z").replace("\\", "")


def test_staff_see_what_the_person_sees_below_a_bar(desk: Desk) -> None:
    answer = desk.browser.get("/account")

    assert desk.anna.email in answer.text
    assert "Sam, you are signed in as <strong>Anna</strong>" in answer.text
    assert "(30 minutes left), read only." in answer.text
    assert "Admin site" not in answer.text
    assert "Sign out" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/problems", "/account/profile", "/nothing/here"])
def test_the_bar_is_on_every_page(desk: Desk, path: str) -> None:
    answer = desk.browser.get(path, Accept="text/html")

    assert "you are signed in as <strong>Anna</strong>" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "signed in as" not in Visitor().get(path, Accept="text/html").text


def test_the_person_is_told_by_mail(desk: Desk) -> None:
    letter = mails()[-1]

    assert letter.to == [desk.anna.email]
    assert letter.subject == "An administrator signed in to your account"
    assert "cannot change anything" in letter.body
    assert REASON not in letter.body


def test_both_sides_have_it_in_their_activity(desk: Desk) -> None:
    desk.browser.post("/account/impersonation/stop")

    for person in (desk.anna, desk.sam):
        text = desk.browser.get(f"{page_of(person)}?tab=activity").text
        assert re.search(r"Sam</a> signed in as <a[^>]*>Anna</a>", text)
        assert f"Reason: “{REASON}”" in text
        assert re.search(r"Sam</a> is no longer signed in as <a[^>]*>Anna</a>", text)


def test_every_page_that_is_not_listed_is_locked(
    writing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests show the answer; to render it a thousand times takes seconds.
    monkeypatch.setattr(
        "accounts.pages.impersonation.render",
        lambda *_, status: HttpResponse(status=status),
    )
    middleware = ImpersonationMiddleware(lambda _: HttpResponse())
    pages = {name: (path, resolve(path)) for name, path in paths()}
    sam, anna = UserRow.objects.get(pk=writing.sam.id), UserRow.objects.get(pk=writing.anna.id)
    terms = Impersonation.started(
        writing.anna.id, by=writing.sam.id, may_write=True, at=timezone.now()
    )

    def passes(method: str, path: str, match: ResolverMatch) -> bool:
        request = RequestFactory().generic(method, path)
        request.resolver_match = match
        activate(request, ActiveImpersonation(terms=terms, user=anna, impersonator=sam))
        answer = middleware.process_view(request)
        return answer is None or answer.status_code != 403

    def open_to(method: str) -> set[str]:
        return {name for name, page in pages.items() if passes(method, *page)}

    assert len(pages) > 250
    assert open_to("GET") == READABLE | {STOP}
    assert open_to("HEAD") == READABLE | {STOP}
    assert open_to("POST") == WRITABLE | {STOP}
    assert open_to("DELETE") == open_to("PUT") == {STOP}


def test_nothing_is_written_while_it_is_read_only(desk: Desk) -> None:
    for name, path in paths():
        if name in WRITABLE:
            assert is_locked(desk.browser.post(path, name="Hacked")), name

    assert UserRow.objects.get(pk=desk.anna.id).name == "Anna"
    assert audited() == ["impersonation-started"]


def test_what_is_written_is_recorded_with_both_names(writing: Desk) -> None:
    answer = writing.browser.post("/account/profile", name="Anna Keller")

    assert answer.leads_to == "/account"
    assert UserRow.objects.get(pk=writing.anna.id).name == "Anna Keller"
    entry = AuditEntry.objects.get(action="impersonation-used")
    assert (entry.actor_id, entry.subject_id) == (writing.sam.id, str(writing.anna.id))
    assert entry.after == {"page": "account_profile", SIGNED_IN_AS: str(writing.anna.id)}
    assert "What you change is recorded." in writing.browser.get("/account").text


@pytest.mark.parametrize("is_writing", [False, True])
def test_no_session_token_password_or_consent_is_touched(
    application: Application, *, is_writing: bool
) -> None:
    desk = begin(application, read_only=not is_writing)
    anna_browser = Visitor()
    anna_browser.sign_in(desk.anna.email)
    application.services.sign_in.log_in(email=desk.anna.email, password=PASSWORD)
    session = Session.objects.get(user_id=desk.anna.id, ended_at=None)
    passwords = {"current_password": PASSWORD, "new_password": "a new and longer battery staple"}

    for path, fields in (
        ("/account/password", passwords),
        ("/account/email", {"email": "other@school.example"}),
        ("/account/email", {"send": "yes"}),
        ("/account/sessions", {"end": str(session.id)}),
        ("/account/app", {"code": "123456"}),
        ("/account/again", {"password": PASSWORD}),
        ("/signout", {}),
        ("/signin", {"login": desk.anna.email, "password": PASSWORD}),
        ("/device", {"user_code": "AAAA-AAAA", "decision": "allow"}),
        ("/oauth/logout", {}),
    ):
        assert is_locked(desk.browser.post(path, **fields)), path
    assert is_locked(desk.browser.get("/oauth/authorize?client_id=x&response_type=code"))
    assert desk.browser.get("/.well-known/change-password").leads_to == "/account/password"

    session.refresh_from_db()
    assert session.ended_at is None
    assert anna_browser.is_signed_in
    assert Visitor().sign_in(desk.anna.email).status == 302


def test_the_api_knows_no_browser_session(desk: Desk) -> None:
    assert desk.browser.get("/v1/me").status == 401


def test_the_admin_site_is_locked_so_that_nothing_is_nested(
    application: Application, desk: Desk
) -> None:
    other = a_user_of(application, "Bo")

    for path in (ADMIN, page_of(desk.anna), path_for(other), f"{ADMIN}nothing/"):
        assert is_locked(desk.browser.get(path))
        assert is_locked(desk.browser.post(path, reason=REASON, read_only="on"))


def test_stopping_leads_back_to_the_page_of_the_person(desk: Desk) -> None:
    answer = desk.browser.post("/account/impersonation/stop")

    assert (answer.status, answer.leads_to) == (303, page_of(desk.anna))
    page = desk.browser.get(page_of(desk.anna))
    assert "You are no longer signed in as Anna." in page.text
    assert desk.sam.email in desk.browser.get("/account").text
    assert audited() == ["impersonation-started", "impersonation-ended"]
    assert desk.browser.post("/account/impersonation/stop").leads_to == "/account"


def test_forms_of_pages_that_are_still_open_work_no_longer(desk: Desk) -> None:
    desk.browser.client.handler = Client(enforce_csrf_checks=True).handler
    token = _csrf_token(desk.browser.get("/account"))

    assert desk.browser.post("/account/profile", csrfmiddlewaretoken=token).status == 403
    stopped = desk.browser.post("/account/impersonation/stop", csrfmiddlewaretoken=token)
    assert stopped.leads_to == page_of(desk.anna)
    stale = desk.browser.post("/account/profile", csrfmiddlewaretoken=token, name="Anna")

    assert stale.status == 403
    assert UserRow.objects.get(pk=desk.sam.id).name == "Sam"


def _csrf_token(page: Response) -> str:
    match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert match
    return match[1]


def test_it_ends_by_itself_and_the_last_request_does_nothing(writing: Desk) -> None:
    with travel(timezone.now() + timedelta(minutes=30), tick=False):
        answer = writing.browser.post("/account/profile", name="Nobody")

        assert answer.leads_to == page_of(writing.anna)
        assert desk_names(writing) == ("Sam", "Anna")
        assert "is over" in writing.browser.get(page_of(writing.anna)).text
    assert audited() == ["impersonation-started", "impersonation-ended"]


def desk_names(desk: Desk) -> tuple[str, str]:
    names = dict(UserRow.objects.values_list("pk", "name"))
    return names[desk.sam.id], names[desk.anna.id]


def test_it_ends_with_the_sessions_of_the_admin(application: Application, desk: Desk) -> None:
    application.services.user_sessions.end_all_of(desk.sam.id, reason="Lost laptop", by=OPERATOR)

    assert not desk.browser.is_signed_in
    assert "signed in as" not in desk.browser.get("/", Accept="text/html").text


def test_it_ends_when_the_admin_or_the_person_changes(application: Application, desk: Desk) -> None:
    application.services.users.edit(desk.anna.id, UserChanges(roles=[Role.ADMIN]), by=OPERATOR)

    assert desk.browser.get("/account").leads_to == page_of(desk.anna)
    assert "may no longer be signed in as Anna" in desk.browser.get(page_of(desk.anna)).text


def test_it_is_no_session_of_the_person(application: Application, desk: Desk) -> None:
    assert application.services.user_sessions.of(desk.anna.id).total == 0
    assert not BrowserSession.objects.filter(user_id=desk.anna.id).exists()


def test_what_is_required_of_the_person_is_not_asked_of_staff(application: Application) -> None:
    desk = begin(application)
    actions = [RequiredAction.CHANGE_PASSWORD]
    application.services.user_access.require_actions(
        desk.anna.id, actions, reason=REASON, by=OPERATOR
    )

    assert desk.browser.get("/account").status == 200


def test_a_reason_is_needed_and_it_starts_read_only(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    path = f"{USERS}{anna.id}/sign-in-as/"

    assert "Sign in as Anna" in root.get(f"{USERS}{anna.id}/change/").text
    page = root.get(path)
    assert re.search(r'name="read_only"[^>]*checked', page.text)
    assert "Not saved" in root.post(path, reason="", read_only="on").text
    assert audited() == []


def test_user_managers_and_auditors_cannot(application: Application) -> None:
    anna = a_user_of(application)

    for staff in (user_manager(application), staff_browser(application, "Auditors")):
        assert "sign-in-as" not in staff.get(f"{USERS}{anna.id}/change/").text
        assert staff.get(f"{USERS}{anna.id}/sign-in-as/").status == 403
        assert staff.post(f"{USERS}{anna.id}/sign-in-as/", reason=REASON).status == 403
    assert audited() == []


def test_a_group_can_be_allowed_to_read_alone(application: Application) -> None:
    anna, staff = a_user_of(application), user_manager(application)
    codename = "impersonate_user"
    Group.objects.get(name="User managers").permissions.add(
        Permission.objects.get(codename=codename)
    )
    path = f"{USERS}{anna.id}/sign-in-as/"

    assert "You may not change anything as another person." in staff.get(path).text
    assert staff.post(path, reason=REASON).path == "/account"
    assert is_locked_for(staff.client)


def is_locked_for(client: Client) -> bool:
    return bool(client.post("/account/profile", {"name": "Nobody"}).status_code == 403)


def test_staff_sign_in_as_no_admin_no_staff_with_more_rights_and_not_as_themselves(
    application: Application,
) -> None:
    officer = staff_browser(application, "Credential officers", name="Ida")
    manager = user_manager(application)
    group = Group.objects.get(name="User managers")
    codenames = ["impersonate_user", "act_as_user"]
    group.permissions.add(*Permission.objects.filter(codename__in=codenames))
    root, other = root_browser(application), root_browser(application)

    for browser, user_id in ((root, other.id), (root, root.id), (manager, officer.id)):
        page = browser.post(f"{USERS}{user_id}/sign-in-as/", reason=REASON, read_only="on")
        assert page.messages[0].startswith("You cannot sign in as this person.")
        assert "sign-in-as" not in page.text
    assert root.post(f"{USERS}{officer.id}/sign-in-as/", reason=REASON).path == "/account"
