"""Corrections of how a user gets access: a lost second factor, and a wrong e-mail address."""

import re
from typing import Final

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidEmail,
    NoSecondFactor,
    OwnAccount,
    VerifiedEmailNeeded,
)
from tests.accounts.auditing import log_of
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, mails, set_up_app, somebody
from tests.support.builders import a_principal
from tests.support.tenants import has_root
from tests.support.worlds import World

REASON: Final = "Asked for by telephone, identity checked."
NEW: Final = "anna.keller@school.example"


@pytest.mark.database
def test_a_lost_second_factor_is_removed_with_a_reason(application: Application) -> None:
    anna, visitor = somebody(application)
    set_up_app(visitor)

    methods = application.services.user_access.reset_second_factor(
        anna.id, reason=REASON, by=OPERATOR
    )

    assert methods == ("recovery-code", "totp")
    session = application.services.sign_in.log_in(email=anna.email, password=PASSWORD)
    assert session.user.id == anna.id
    assert "removed the second factor" in mails()[-1].body
    assert mails()[-1].to == [anna.email]
    with pytest.raises(NoSecondFactor):
        application.services.user_access.reset_second_factor(anna.id, reason="", by=OPERATOR)


def test_nobody_resets_their_own_second_factor_or_that_of_staff(memory: World) -> None:
    root, staff = has_root(memory), memory.has_user(is_staff=True)
    manager = a_principal(memory.has_user(), Right.MANAGE_USERS)
    access = memory.services.user_access

    with pytest.raises(OwnAccount):
        access.reset_second_factor(root.person, reason=REASON, by=root)
    with pytest.raises(NotPermitted):
        access.reset_second_factor(staff.id, reason=REASON, by=manager)
    with pytest.raises(NotPermitted):
        access.correct_email(staff.id, email=NEW, reason=REASON, by=a_principal(memory.has_user()))


@pytest.mark.database
def test_a_corrected_address_is_verified_before_it_counts(application: Application) -> None:
    anna, _ = somebody(application)

    email = application.services.user_access.correct_email(
        anna.id, email="Anna.Keller@School.example", reason=REASON, by=OPERATOR
    )

    assert email == NEW
    assert application.services.users.get(anna.id, by=OPERATOR).email == anna.email
    (letter,) = mails()
    assert letter.to == [NEW]
    link = re.search(r"https?://[^/]+(/email/move/\S+)", str(letter.body))
    assert link is not None
    Visitor().post(link[1])
    changed = application.services.users.get(anna.id, by=OPERATOR)
    assert changed.email == NEW
    assert application.services.emails.has_verified(changed)
    assert mails()[-1].to == [anna.email]


def test_the_audit_log_has_no_address(world: World) -> None:
    anna = world.has_user()

    world.services.user_access.correct_email(anna.id, email=NEW, reason=REASON, by=OPERATOR)

    act = log_of(world)[-1].act
    assert (act.action, act.subject_id) == (AuditAction.USER_EMAIL_LINK_SENT, str(anna.id))
    assert (act.reason, act.before, act.after) == (REASON, {}, {})


def test_an_address_that_is_taken_or_invalid_is_refused(memory: World) -> None:
    anna, bo = memory.has_user(name="Anna"), memory.has_user(name="Bo")
    access = memory.services.user_access

    with pytest.raises(EmailTaken):
        access.correct_email(anna.id, email=bo.email, reason=REASON, by=OPERATOR)
    with pytest.raises(InvalidEmail):
        access.correct_email(anna.id, email="anna@", reason=REASON, by=OPERATOR)
    unverified = a_principal(bo, *Right)
    with pytest.raises(VerifiedEmailNeeded):
        access.correct_email(anna.id, email=NEW, reason=REASON, by=unverified)
    assert mails() == []
