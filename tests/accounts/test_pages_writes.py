"""Account pages write users through our services alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.domain.identity.repositories.orm.users import OrmUserRepository
from accounts.models import User as UserRow
from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor, link_in, mails, set_up_app, somebody
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

NEW = "an even longer walk"


class Writes:
    """Statements that write users, except the time of the last sign-in: the number of ours, and the others."""

    def __init__(self) -> None:
        self.ours = 0
        self.others: list[str] = []
        self.is_ours = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's signature
        verb = sql.split(maxsplit=1)[0]
        if (
            verb in {"INSERT", "UPDATE", "DELETE"}
            and '"accounts_user"' in sql.split("WHERE", maxsplit=1)[0]
        ):
            if self.is_ours:
                self.ours += 1
            elif 'SET "last_login" = ' not in sql or '"password"' in sql:
                self.others.append(sql)
        return execute(sql, params, many, context)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writes]:
    writes = Writes()

    def marked(method: Any) -> Any:
        def marking(*args: Any, **kwargs: Any) -> Any:
            writes.is_ours = True
            try:
                return method(*args, **kwargs)
            finally:
                writes.is_ours = False

        return marking

    for name in ("add", "save", "change_email"):
        monkeypatch.setattr(OrmUserRepository, name, marked(getattr(OrmUserRepository, name)))
    with connection.execute_wrapper(writes):
        yield writes


def test_sign_up_is_written_by_our_service(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor()

    with watched(monkeypatch) as writes:
        visitor.post("/signup", name="Anna", email=EMAIL, password1=PASSWORD)
        visitor.post(link_in(mails()[-1]))

    assert visitor.is_signed_in
    assert (writes.ours, writes.others) == (1, [])


def test_a_password_reset_is_written_by_our_service(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user_of(application, email=EMAIL)
    visitor = Visitor()

    with watched(monkeypatch) as writes:
        visitor.post("/password/reset", email=EMAIL)
        visitor.post(visitor.lands_at(link_in(mails()[-1])), password1=NEW)

    assert visitor.sign_in(EMAIL, NEW).leads_to == "/account"
    assert (writes.ours, writes.others) == (1, [])


def change_password(visitor: Visitor) -> None:
    visitor.post("/account/password", current_password=PASSWORD, new_password=NEW)


def change_address(visitor: Visitor) -> None:
    visitor.post("/account/email", email="other@school.example")
    visitor.post(link_in(mails()[-1]))
    assert UserRow.objects.get().email == "other@school.example"


def use_second_factor(visitor: Visitor) -> None:
    set_up_app(visitor)
    visitor.post("/account/app/remove")
    visitor.sign_in()


@pytest.mark.parametrize(
    ("act", "count"), [(change_password, 1), (change_address, 1), (use_second_factor, 0)]
)
def test_changes_of_a_user_are_written_by_our_service_alone(
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Visitor], None],
    count: int,
) -> None:
    _, visitor = somebody(application)

    with watched(monkeypatch) as writes:
        act(visitor)

    assert (writes.ours, writes.others) == (count, [])


def test_the_check_detects_other_writes(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user_of(application, email=EMAIL)

    with watched(monkeypatch) as writes:
        QuerySet(UserRow).update(name="Mallory")

    assert len(writes.others) == 1
