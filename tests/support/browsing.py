"""A user at a browser, on Django's test client: forms, redirects, pages and mail."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from accounts.domain.identity.entities.users import User
from authsvc.composition.container import services
from tests.support.application import PASSWORD, Application, a_client
from tests.support.browser_sessions import begin_session
from tests.support.jobs import work_off
from tests.support.staff import a_user_of
from tests.support.totp import code_of

EMAIL: Final = "anna@school.example"


@dataclass(frozen=True)
class Response:
    """A response: a page or a redirect."""

    status: int
    text: str
    leads_to: str
    headers: Any

    @property
    def heading(self) -> str:
        match = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return match[1].strip() if match else ""

    @property
    def field_errors(self) -> list[str]:
        """The errors at the top of the form, without markup."""
        summary = re.search(r'<div class="summary".*?</div>', self.text, re.DOTALL)
        items = re.findall(r"<li>(.*?)</li>", summary[0], re.DOTALL) if summary else []
        return [re.sub(r"<[^>]+>", "", item) for item in items]

    @property
    def notes(self) -> list[str]:
        return re.findall(r'<p class="note [^>]*>(.*?)</p>', self.text)


class Visitor:
    """A browser, with its cookies."""

    def __init__(self, **options: Any) -> None:
        self.client = a_client(**options)

    def get(self, path: str, **headers: str) -> Response:
        return _response(self.client.get(path, headers=headers))

    def post(self, path: str, **fields: Any) -> Response:
        return _response(self.client.post(path, fields))

    def lands_at(self, path: str) -> str:
        """The path at the end of the redirects."""
        while to := self.get(path).leads_to:
            path = to
        return path

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Response:
        return self.post("/signin", login=email, password=password, **more)

    def begin_session(self, user: User) -> None:
        """Be signed in with the password, without the pages that lead there."""
        begin_session(self.client, user.id)

    @property
    def is_signed_in(self) -> bool:
        return self.get("/account").status == 200

    @property
    def session_id(self) -> str:
        return str(self.client.cookies[settings.SESSION_COOKIE_NAME].value)


def somebody(
    application: Application, *, is_verified: bool = True, **parts: Any
) -> tuple[User, Visitor]:
    """A user, by default Anna, and the browser in which they are signed in with their password."""
    user = a_user_of(application, is_verified=is_verified, **{"email": EMAIL} | parts)
    visitor = Visitor()
    visitor.begin_session(user)
    return user, visitor


def set_up_app(visitor: Visitor) -> str:
    """Set up an authenticator app; return its key."""
    match = re.search(r"<code>(\w+)</code>", visitor.get("/account/app").text)
    assert match
    response = visitor.post("/account/app", code=code_of(match[1]))
    assert response.leads_to == "/account/recovery-codes", response.field_errors
    run_callbacks_of_test()  # the notice of it, before that of what comes next
    return match[1]


def recovery_codes(visitor: Visitor) -> list[str]:
    """The codes that the page shows once."""
    return re.findall(r"<li>(\d{8})</li>", visitor.get("/account/recovery-codes").text)


def mails() -> list[EmailMessage]:
    """All mails so far, oldest first, those included that jobs have yet to send."""
    run_callbacks_of_test()
    work_off(services())
    return list(mail.outbox)


def run_callbacks_of_test() -> None:
    """Run what waits for a commit that the transaction of a test holds back."""
    if settings.ENVIRONMENT.has_database and connection.in_atomic_block:
        pending, connection.run_on_commit = connection.run_on_commit, []
        for entry in pending:
            entry[1]()
            run_callbacks_of_test()  # those that the callback has added


def link_in(message: EmailMessage) -> str:
    """The path of the one link in a mail, which leads to the application."""
    (link,) = re.findall(r"https?://\S+/\S+", str(message.body))
    assert link.startswith(settings.ENVIRONMENT.public_url)
    return str(urlsplit(link).path)


def _response(response: Any) -> Response:
    text = unescape(response.content.decode())
    return Response(
        response.status_code, text, response.headers.get("Location", ""), response.headers
    )
