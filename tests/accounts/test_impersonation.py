"""Impersonation: staff sign in as a user to see what the user sees; the rules of the service, and the audit log."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from accounts.domain.access import (
    ClientPk,
    Impersonating,
    NotPermitted,
    OrganizationId,
    Principal,
    Right,
    Role,
    SessionId,
    UserId,
)
from accounts.domain.audit.entities import SIGNED_IN_AS, AuditAction
from accounts.domain.identity.entities.impersonation import (
    LIFETIME,
    Impersonation,
    ImpersonationEnd,
)
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.identity.errors import CannotImpersonate, UserNotFound
from tests.accounts.auditing import log_of
from tests.support.builders import a_principal
from tests.support.tenants import has_root
from tests.support.worlds import World

REASON: Final = "They cannot find their certificate."


def started(
    world: World, user_id: UserId, by: Principal, *, may_write: bool = False
) -> Impersonation:
    return world.services.impersonation.start(user_id, may_write=may_write, reason=REASON, by=by)


def acting(impersonation: Impersonation) -> Principal:
    """The principal of a request during the impersonation."""
    user_id, by = impersonation.user_id, impersonation.impersonator_id
    return replace(a_principal(), user_id=user_id, rights=frozenset(), impersonator=by)


def test_it_lasts_for_half_an_hour_and_is_audited_with_its_reason(world: World) -> None:
    root, anna = has_root(world), world.has_user(name="Anna")

    impersonation = started(world, anna.id, root)

    assert impersonation.ends_at == world.clock.now() + timedelta(minutes=30)
    assert not impersonation.may_write
    entry = log_of(world)[-1]
    assert (entry.act.action, entry.act.reason) == (AuditAction.IMPERSONATION_STARTED, REASON)
    assert (entry.actor_id, entry.act.subject_id) == (root.user_id, str(anna.id))
    assert entry.act.after == {"may_write": False, "ends_at": impersonation.ends_at.isoformat()}


def test_it_is_stored_in_the_session_without_loss(memory: World) -> None:
    impersonation = started(memory, memory.has_user().id, has_root(memory), may_write=True)

    assert Impersonation.of(impersonation.members) == impersonation


def test_it_needs_a_right_and_another_one_to_write(memory: World) -> None:
    anna = memory.has_user()
    manager = a_principal(memory.has_user(), Right.MANAGE_USERS)
    reader = a_principal(memory.has_user(), Right.IMPERSONATE)

    started(memory, anna.id, reader)

    for by, may_write in ((manager, False), (reader, True)):
        with pytest.raises(NotPermitted):
            started(memory, anna.id, by, may_write=may_write)


def test_admins_staff_with_more_rights_and_ones_own_account_are_refused(memory: World) -> None:
    root = has_root(memory)
    reader = a_principal(memory.has_user(), Right.IMPERSONATE)
    admin = memory.has_user(roles=(Role.ADMIN,))
    teacher = memory.has_user(roles=(Role.INSTRUCTOR,))
    started(memory, teacher.id, root)

    for user_id, by in (
        (root.person, root),
        (admin.id, root),
        (reader.person, reader),
        (teacher.id, reader),
    ):
        assert memory.services.impersonation.obstacle(user_id, by=by)
        with pytest.raises(CannotImpersonate):
            started(memory, user_id, by)


def test_deactivated_and_unknown_people_are_refused(memory: World) -> None:
    root, anna = has_root(memory), memory.has_user()
    memory.services.users.deactivate(anna.id, by=root)

    with pytest.raises(CannotImpersonate):
        started(memory, anna.id, root)
    with pytest.raises(UserNotFound):
        started(memory, a_principal().person, root)


def test_it_is_never_nested(memory: World) -> None:
    root, anna = has_root(memory), memory.has_user()
    impersonation = started(memory, anna.id, root)
    by = replace(acting(impersonation), rights=frozenset(Right))

    with pytest.raises(Impersonating):
        started(memory, memory.has_user().id, by)


def test_it_is_over_when_its_time_is_up(memory: World) -> None:
    root, anna = has_root(memory), memory.has_user()
    impersonation = started(memory, anna.id, root)
    service = memory.services.impersonation

    memory.clock.go_on(seconds=LIFETIME.total_seconds() - 1)
    assert service.end_of(impersonation, by=root) is None
    memory.clock.go_on(seconds=1)
    assert service.end_of(impersonation, by=root) is ImpersonationEnd.EXPIRED


def test_it_is_over_when_rights_or_the_account_change(memory: World) -> None:
    root, anna = has_root(memory), memory.has_user()
    impersonation = started(memory, anna.id, root, may_write=True)
    service, ended = memory.services.impersonation, ImpersonationEnd.NOT_ALLOWED

    for by in (
        replace(root, rights=root.rights - {Right.IMPERSONATE}),
        replace(root, rights=root.rights - {Right.ACT_AS_USERS}),
        has_root(memory),
    ):
        assert service.end_of(impersonation, by=by) is ended
    memory.services.users.edit(anna.id, UserChanges(roles=(Role.ADMIN,)), by=root)
    assert service.end_of(impersonation, by=root) is ended
    unknown = replace(impersonation, user_id=a_principal().person)
    assert service.end_of(unknown, by=root) is ended


def test_what_is_done_during_it_is_recorded_of_both(world: World) -> None:
    root, anna = has_root(world), world.has_user()
    impersonation = started(world, anna.id, root, may_write=True)

    world.services.impersonation.record_use("account_profile", by=acting(impersonation))
    stopped = ImpersonationEnd.STOPPED
    world.services.impersonation.end(impersonation, because=stopped, by=root)

    use, end = log_of(world)[-2:]
    assert use.act.action is AuditAction.IMPERSONATION_USED
    assert use.act.after == {"page": "account_profile", SIGNED_IN_AS: str(anna.id)}
    assert use.actor_id == end.actor_id == root.user_id
    assert (end.act.action, end.act.after) == (
        AuditAction.IMPERSONATION_ENDED,
        {"because": "stopped"},
    )
    assert use.computed_hash() == use.hash


def test_services_refuse_what_is_for_the_user_alone(memory: World) -> None:
    anna = memory.has_user()
    by, services = acting(started(memory, anna.id, has_root(memory))), memory.services
    by_right = replace(by, rights=frozenset(Right))

    for act in (
        lambda: services.accounts.change_password(current="x", new="y", by=by),
        lambda: services.emails.send_token(by=by),
        lambda: services.emails.redeem_token("1.x", by=by),
        lambda: services.sessions.end(SessionId(anna.id), by=by),
        lambda: services.sessions.log_out(by),
        lambda: services.authorizations.revoke(ClientPk(anna.id), by=by),
        lambda: services.invitations.accept("x", by=by),
        lambda: services.members.remove(OrganizationId(anna.id), anna.id, by=by),
        lambda: services.user_sessions.end_all_of(anna.id, reason=REASON, by=by_right),
        lambda: services.user_access.reset_second_factor(anna.id, reason=REASON, by=by_right),
    ):
        with pytest.raises(Impersonating):
            act()


def test_what_staff_do_as_a_learner_is_marked() -> None:
    by = a_principal()

    assert by.agent is None
    assert replace(by, impersonator=by.person).agent == by.client_id
