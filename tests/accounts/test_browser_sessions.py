"""Sessions in browsers: what is noted of them, and their end by staff."""

from datetime import timedelta
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, Authentication
from accounts.domain.identity.entities.browsers import BrowserSession, EndedSessions
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.models import BrowserSession as Row
from tests.support.application import Application
from tests.support.browsing import Visitor
from tests.support.builders import a_session
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

FIREFOX: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
SAFARI: Final = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.4 Safari/605.1"
)
REASON: Final = "Shared computer in the library"


def signed_in(user: User, user_agent: str = FIREFOX, client_ip: str = "203.0.113.24") -> Visitor:
    visitor = Visitor(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=client_ip)
    visitor.sign_in(email=user.email)
    assert visitor.is_signed_in
    return visitor


def browsers_of(application: Application, user: User) -> tuple[BrowserSession, ...]:
    return application.services.user_sessions.of(user.id).browsers


def test_a_sign_in_is_listed_with_its_device_and_address(application: Application) -> None:
    anna = a_user_of(application)

    signed_in(anna)

    (browser,) = browsers_of(application, anna)
    assert (browser.device, browser.client_ip) == ("Firefox on Windows", "203.0.113.24")
    age = application.services.ports.clock.now() - browser.seen_at
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert browser.started_at <= browser.seen_at < browser.expires_at


def test_the_id_of_a_session_is_not_its_secret(application: Application) -> None:
    anna = a_user_of(application)
    visitor = signed_in(anna)

    (browser,) = browsers_of(application, anna)

    assert visitor.session_id not in repr(browser)


def test_one_browser_is_signed_out_with_the_clients_that_began_in_it(
    application: Application,
) -> None:
    anna, services = a_user_of(application), application.services
    there, here = signed_in(anna), signed_in(anna, SAFARI)
    chosen = next(row for row in browsers_of(application, anna) if row.device.startswith("Fire"))
    now = services.ports.clock.now()
    inside = a_session(
        user_id=anna.id,
        started_at=now,
        expires_at=now + timedelta(days=1),
        authentication=Authentication(at=now, methods=("pwd",), browser_id=chosen.id),
    )
    services.repositories.sessions.add(inside)

    name = services.user_sessions.end(anna.id, chosen.id, reason=REASON, by=OPERATOR)

    assert name == "Firefox on Windows"
    assert not there.is_signed_in
    assert here.is_signed_in
    assert [row.device for row in browsers_of(application, anna)] == ["Safari on macOS"]
    ended = services.repositories.sessions.get_for_update(inside.id)
    assert ended.ended_because is SessionEnd.ENDED_BY_STAFF


def test_all_browsers_of_a_user_are_signed_out(application: Application) -> None:
    anna, bo = a_user_of(application), a_user_of(application, name="Bo")
    visitors, other = [signed_in(anna), signed_in(anna, SAFARI)], signed_in(bo)

    ended = application.services.user_sessions.end_all_of(anna.id, reason=REASON, by=OPERATOR)

    assert ended == EndedSessions(browsers=2)
    assert not any(visitor.is_signed_in for visitor in visitors)
    assert other.is_signed_in


def test_everybody_is_signed_out_but_the_browser_of_the_caller(application: Application) -> None:
    root, anna, bo = (a_user_of(application, name=name) for name in ("Root", "Anna", "Bo"))
    stays = signed_in(root)
    (own,) = browsers_of(application, root)
    gone = [signed_in(root, SAFARI), signed_in(anna), signed_in(bo)]

    ended = application.services.user_sessions.end_all(but=own.id, reason=REASON, by=OPERATOR)

    assert ended == EndedSessions(browsers=3, people=3)
    assert stays.is_signed_in
    assert not any(visitor.is_signed_in for visitor in gone)


def test_a_browser_with_the_former_password_is_not_listed(application: Application) -> None:
    anna = a_user_of(application)
    former = signed_in(anna)

    new = "a new and longer battery staple"
    application.services.accounts.reset_password(anna.id, password=new)

    assert browsers_of(application, anna) == ()
    assert not former.is_signed_in


def test_an_idle_browser_is_not_listed(application: Application) -> None:
    anna = a_user_of(application)
    signed_in(anna)
    idle = application.services.ports.session_policy.browser_idle
    Row.objects.update(seen_at=application.services.ports.clock.now() - idle)

    assert browsers_of(application, anna) == ()


def test_deactivation_signs_out_all_browsers_and_counts_them(application: Application) -> None:
    anna = a_user_of(application)
    visitor = signed_in(anna)

    ended = application.services.users.deactivate(anna.id, reason=REASON, by=OPERATOR)

    assert ended == EndedSessions(browsers=1)
    assert not visitor.is_signed_in


def test_a_signed_out_browser_is_not_listed(application: Application) -> None:
    anna = a_user_of(application)
    visitor = signed_in(anna)

    visitor.post("/signout")

    assert browsers_of(application, anna) == ()
    assert not visitor.is_signed_in
