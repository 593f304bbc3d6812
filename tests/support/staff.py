"""The admin site in the browser of a member of staff."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final, cast
from urllib.parse import urljoin
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import resolve

from accounts.domain.access import OPERATOR, Role, UserId
from accounts.domain.identity.entities.users import User
from accounts.models import User as UserRow
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.grades import Mark
from tests.support.application import Application, a_client
from tests.support.attempts import Examinee, a_definition_with_exams
from tests.support.browser_sessions import begin_session, new_session
from tests.support.builders import a_principal
from tests.support.learning import Learner, a_published_course

GROUPS = import_module("accounts.migrations.0001_squashed_0034_invitation_declined")
ADMIN = "/admin/"
USERS: Final = "accounts/user/"


@dataclass(frozen=True)
class Page:
    """The page after all redirects: its status, path, text and messages."""

    status: int
    path: str
    text: str
    messages: tuple[str, ...]

    @property
    def actions(self) -> set[str]:
        select = re.search(r'<select name="action".*?</select>', self.text, re.DOTALL)
        return set(re.findall(r'value="(\w+)"', select[0])) if select else set()

    @property
    def may_be_saved(self) -> bool:
        return 'name="_save"' in self.text


class StaffBrowser:
    """A signed-in member of staff."""

    def __init__(self, user_id: UUID) -> None:
        self.id = UserId(user_id)
        self.client = a_client()
        begin_session(self.client, user_id)

    def get(self, path: str) -> Page:
        return _page(self.client.get(urljoin(ADMIN, path), follow=True))

    def post(self, path: str, **fields: Any) -> Page:
        return _page(self.client.post(urljoin(ADMIN, path), fields, follow=True))

    def answer(self, method: str, path: str, **fields: Any) -> HttpResponse:
        """The response itself, which may be a redirect."""
        send = getattr(self.client, method.lower())
        return cast(HttpResponse, send(urljoin(ADMIN, path), fields))

    def act(self, path: str, action: str, *ids: object, **fields: str) -> Page:
        """Choose rows of a list and an action; with a *reason*, answer the question that follows."""
        chosen = [str(row_id) for row_id in ids]
        return self.post(path, action=action, _selected_action=chosen, **fields)


class StaffAtViews:
    """A member of staff whose requests go straight to the views, for sweeps of all pages by all groups.

    Without middleware, their row and their permissions are read once, and no answer 403 is rendered and logged.
    """

    def __init__(self, user_id: UUID) -> None:
        self._user = UserRow.objects.get(pk=user_id)
        self._session = new_session(self._user)

    def get(self, path: str) -> Page:
        """The page itself, without redirects and messages."""
        response = self.answer("GET", path)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return Page(response.status_code, path, unescape(response.getvalue().decode()), ())

    def answer(self, method: str, path: str, **fields: Any) -> HttpResponse:
        """The response, whose template is not rendered yet."""
        request = self._request(method, urljoin(ADMIN, path), fields)
        request.resolver_match = match = resolve(request.path)
        try:
            return cast(HttpResponse, match.func(request, *match.args, **match.kwargs))
        except PermissionDenied:
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        except Http404:
            return HttpResponse(status=HTTPStatus.NOT_FOUND)

    def _request(self, method: str, path: str, fields: dict[str, Any]) -> HttpRequest:
        request: HttpRequest = getattr(RequestFactory(), method.lower())(path, fields)
        request.user, request.session = self._user, self._session
        request._messages = default_storage(request)  # type: ignore[attr-defined]  # noqa: SLF001  # as MessageMiddleware
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001  # as Django's test client
        return request


Staff = StaffBrowser | StaffAtViews

at_views: Final = pytest.mark.parametrize(
    "at", [StaffAtViews, pytest.param(StaffBrowser, marks=pytest.mark.nightly)]
)
"""For sweeps of all pages: at their views in every run, and through the whole application nightly."""


def root_browser(application: Application) -> StaffBrowser:
    return StaffBrowser(application.has_user("Root", roles=[Role.ADMIN]).id)


def staff_browser(application: Application, *groups: str, name: str = "Bo") -> StaffBrowser:
    """A signed-in member of staff in these groups, which the migrations have created."""
    user = application.has_user(name, is_staff=True)
    chosen = Group.objects.filter(name__in=groups)
    assert len(chosen) == len(groups)
    UserRow.objects.get(pk=user.id).groups.add(*chosen)
    return StaffBrowser(user.id)


def user_manager(application: Application) -> StaffBrowser:
    return staff_browser(application, "User managers")


def credential_officer(application: Application) -> StaffBrowser:
    return staff_browser(application, "Credential officers")


def staff_managing(application: Application, kind: str) -> StaffBrowser:
    """A signed-in member of staff in a group that may view, add and change this kind of row."""
    staff = staff_browser(application)
    group = Group.objects.create(name=f"Managers of {kind}")
    permissions = [f"{verb}_{kind}" for verb in ("view", "add", "change")]
    group.permissions.set(Permission.objects.filter(codename__in=permissions))
    UserRow.objects.get(pk=staff.id).groups.add(group)
    return staff


def a_user_of(
    application: Application, name: str = "Anna", *, is_verified: bool = True, **parts: Any
) -> User:
    """A user who is not signed in."""
    return application.has_user(name, is_verified=is_verified, **parts)


def a_holder(application: Application) -> tuple[User, Course]:
    """Somebody who has passed a course, and so was issued a credential, and that course."""
    anna, course = a_user_of(application), a_published_course(application.services)
    application.earns(course)
    Learner(services=application.services, principal=a_principal(anna)).passes(course)
    return anna, course


def an_examined(application: Application, user: User) -> AssessmentAttempt:
    """A graded attempt of the user."""
    draft = application.services.authoring.create(
        a_definition_with_exams(f"exams-{uuid4().hex[:8]}"), by=OPERATOR
    )
    course = application.services.authoring.publish(draft.slug, by=OPERATOR)
    anna = Examinee(services=application.services, principal=a_principal(user), course=course)
    anna.enrols(course)
    attempt = anna.takes("exam", program=Answer(text="tie()"))
    mark = Mark(question_id=anna.question("program").id, score=1)
    return application.services.grading.grade(attempt.id, (mark,), by=OPERATOR)


def statements_are_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the same page take the same statements on a slow machine, too.

    There, its session would be saved in between, and the counts of the navigation read again.
    """
    monkeypatch.setattr("authsvc.http.middleware._SAVED_EVERY_SECONDS", 3600)
    monkeypatch.setattr("authsvc.overview.services.CACHED_FOR", timedelta(hours=1))


def lists() -> dict[type[Model], str]:
    """The path of each list in the admin site, by its row class."""
    return {
        row: f"{row._meta.app_label}/{row._meta.model_name}/"
        for row in apps.get_models()
        if admin.site.is_registered(row)
    }


def contents_of(row: type[Model]) -> list[dict[str, Any]]:
    """Every row with every column, in the order of their keys."""
    return list(QuerySet(row).order_by("pk").values())


def keys_of(row: type[Model]) -> list[Any]:
    return list(QuerySet(row).order_by("pk").values_list("pk", flat=True))


def log_of(row_id: object) -> list[str]:
    """The history of a row in the admin site, oldest entry first."""
    entries = LogEntry.objects.filter(object_id=str(row_id)).order_by("pk")
    return [entry.get_change_message() for entry in entries]


def _page(response: Any) -> Page:
    messages = tuple(str(message) for message in get_messages(response.wsgi_request))
    path = response.wsgi_request.get_full_path().removeprefix(ADMIN)
    return Page(response.status_code, path, unescape(response.getvalue().decode()), messages)
