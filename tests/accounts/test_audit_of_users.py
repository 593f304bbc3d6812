"""Audit entries about users."""

import json
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import NotPermitted, OrgRole, Right, Role
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import EmailTaken
from tests.accounts.auditing import has_organization, log_of
from tests.support.builders import a_principal
from tests.support.worlds import World

PASSWORD = "a long walk home"
ROOT = a_principal(None, *Right)


def act_on(user: User, action: AuditAction, **parts: Any) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.USER,
        subject_id=str(user.id),
        org_id=None,
        **parts,
    )


def test_a_new_user_is_recorded_with_roles_and_status(memory: World) -> None:
    bo = memory.services.users.create(
        email="bo@school.example",
        name="Bo",
        password=PASSWORD,
        roles=[Role.INSTRUCTOR],
        reason="Teaches knots.",
        by=ROOT,
    )

    (entry,) = log_of(memory)
    assert entry.actor_id == ROOT.user_id
    assert entry.act == act_on(
        bo,
        AuditAction.USER_CREATED,
        after={"roles": ["learner", "instructor"], "is_staff": False, "is_active": True},
        reason="Teaches knots.",
    )


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        (UserChanges(is_active=False), {"is_active": True}, {"is_active": False}),
        (UserChanges(is_staff=True), {"is_staff": False}, {"is_staff": True}),
        (
            UserChanges(roles=[Role.ADMIN]),
            {"roles": ["learner"], "is_staff": False},
            {"roles": ["learner", "admin"], "is_staff": True},
        ),
        (UserChanges(name="Robert"), {}, {"renamed": True}),
        (
            UserChanges(name="Robert", is_active=False, is_staff=False),
            {"is_active": True},
            {"is_active": False, "renamed": True},
        ),
    ],
)
def test_a_change_is_recorded_with_the_differences(
    memory: World, changes: UserChanges, before: dict[str, Any], after: dict[str, Any]
) -> None:
    bo = memory.has_user(name="Bo")

    memory.services.users.edit(bo.id, changes, reason="So it was agreed.", by=ROOT)

    (entry,) = log_of(memory)
    reason = "So it was agreed."
    action = AuditAction.USER_EDITED
    assert entry.act == act_on(bo, action, before=before, after=after, reason=reason)


@pytest.mark.parametrize(
    "changes", [UserChanges(), UserChanges(name="Bo"), UserChanges(is_active=True, roles=[])]
)
def test_an_edit_without_changes_is_not_recorded(memory: World, changes: UserChanges) -> None:
    bo = memory.has_user(name="Bo")

    memory.services.users.edit(bo.id, changes, by=ROOT)

    assert log_of(memory) == []


def test_renaming_oneself_is_not_recorded(memory: World) -> None:
    anna, root = memory.has_user(name="Anna"), memory.has_user(name="Root", is_staff=True)

    memory.services.users.edit(anna.id, UserChanges(name="Ann"), by=a_principal(anna))
    memory.services.users.edit(root.id, UserChanges(name="Toor"), by=a_principal(root, *Right))

    assert log_of(memory) == []


def test_other_changes_of_staff_to_themselves_are_recorded(memory: World) -> None:
    root = memory.has_user(name="Root", is_staff=True)
    changes = UserChanges(name="Toor", roles=[Role.INSTRUCTOR])

    memory.services.users.edit(root.id, changes, by=a_principal(root, *Right))

    (entry,) = log_of(memory)
    assert entry.act.after == {"renamed": True, "roles": ["learner", "instructor"]}


def test_a_password_change_is_recorded_without_the_password(memory: World) -> None:
    bo = memory.has_user()

    memory.services.users.set_password(
        bo.id, password=PASSWORD, reason="The user forgot it.", by=ROOT
    )

    (entry,) = log_of(memory)
    assert entry.act == act_on(bo, AuditAction.USER_PASSWORD_SET, reason="The user forgot it.")


def test_the_log_contains_no_names_e_mail_addresses_or_secrets(memory: World) -> None:
    users = memory.services.users
    bo = users.create(email="bo@school.example", name="Bo", password=PASSWORD, roles=(), by=ROOT)
    users.edit(bo.id, UserChanges(name="Robert", roles=[Role.INSTRUCTOR]), by=ROOT)
    users.set_password(bo.id, password=PASSWORD, by=ROOT)

    acts = [entry.act for entry in log_of(memory)]

    stored = memory.repositories.users.get(bo.id)
    recorded = json.dumps([[act.before, act.after] for act in acts])
    assert len(acts) == 3
    for secret in ("Bo", "Robert", "school.example", PASSWORD, stored.password_hash):
        assert secret not in recorded


def test_refused_changes_are_not_recorded(memory: World) -> None:
    bo = memory.has_user(email="bo@school.example")
    manager = a_principal(None, Right.MANAGE_USERS)

    with pytest.raises(EmailTaken):
        memory.services.users.create(
            email=bo.email, name="Bo", password=PASSWORD, roles=(), by=ROOT
        )
    with pytest.raises(NotPermitted):
        memory.services.users.edit(bo.id, UserChanges(is_staff=True), by=manager)

    assert log_of(memory) == []


def test_changes_to_users_are_not_in_the_logs_of_their_organizations(memory: World) -> None:
    knots, bo = has_organization(memory), memory.has_user()
    manager = replace(ROOT, memberships={knots.id: OrgRole.OWNER})

    memory.services.users.edit(bo.id, UserChanges(is_active=False), by=manager)

    assert log_of(memory, knots) == []
    assert len(log_of(memory)) == 1
