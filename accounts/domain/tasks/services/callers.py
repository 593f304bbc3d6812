"""Callers of tasks: who asked for one, and what they may do when it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import (
    RIGHTS_OF_ORG_ROLE,
    STAFF_SITE,
    OrganizationId,
    OrgRole,
    Principal,
    Right,
    SessionId,
    UserId,
    rights_of,
)
from accounts.domain.identity.errors import UserNotFound
from accounts.domain.identity.ports import StaffRights
from accounts.domain.identity.repositories.protocols import SessionRepository, UserRepository
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from authsvc.jobs.entities import Job, Queue, RetryPolicy
from authsvc.jobs.ports import JobKind, Run

TaskWork = Callable[[Run, Mapping[str, Any], Principal], Mapping[str, Any] | None]
"""Does the work of a task, with its input, for its caller; returns the result."""
POLICY: Final = RetryPolicy(most_attempts=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCallers:
    """A caller has no more rights when a task runs than when they asked for it, and none that they have lost since.

    Signing out does not stop a task. A client that acts for itself must still have its session.
    """

    users: UserRepository
    sessions: SessionRepository
    organizations: OrganizationRepository
    staff_rights: StaffRights

    def kind(
        self,
        name: str,
        work: TaskWork,
        *,
        is_atomic: bool = False,
        longest_silence: timedelta | None = None,
    ) -> JobKind:
        """The kind of job that does the work of a task."""

        def run(attempt: Run) -> Mapping[str, Any] | None:
            return work(attempt, attempt.job.arguments["input"], self.caller_of(attempt.job))

        return JobKind(
            name=name,
            run=run,
            queue=Queue.LONG,
            policy=POLICY,
            is_atomic=is_atomic,
            longest_silence=longest_silence,
        )

    def described(self, by: Principal) -> dict[str, Any]:
        """The caller, as JSON values."""
        return {
            "user_id": by.user_id and str(by.user_id),
            "session_id": by.session_id and str(by.session_id),
            "client_id": by.client_id,
            "scopes": sorted(by.scopes),
            **by.standing,
        }

    def caller_of(self, job: Job) -> Principal:
        """The caller who asked for the job, with the rights that they still have."""
        caller = job.arguments["caller"]
        user_id = UserId(UUID(caller["user_id"])) if caller["user_id"] else None
        session_id = SessionId(UUID(caller["session_id"])) if caller["session_id"] else None
        rights, memberships = (
            self._of_client(session_id)
            if user_id is None
            else self._of_user(user_id, caller["client_id"])
        )
        return Principal(
            user_id=user_id,
            roles=(),
            rights=rights & {Right(right) for right in caller["rights"]},
            scopes=frozenset(caller["scopes"]),
            client_id=caller["client_id"],
            session_id=session_id,
            memberships=_common(memberships, caller["memberships"]),
        )

    def _of_user(
        self, user_id: UserId, client_id: str
    ) -> tuple[frozenset[Right], dict[OrganizationId, OrgRole]]:
        try:
            user = self.users.get(user_id)
        except UserNotFound:
            return frozenset(), {}
        if not user.is_active:
            return frozenset(), {}
        is_staff = client_id == STAFF_SITE
        rights = self.staff_rights.of(user_id) if is_staff else rights_of(user.roles)
        own = self.organizations.for_user(user_id)
        return rights, {
            one.organization.id: one.role
            for one in own
            if one.organization.is_open and one.role is not None
        }

    def _of_client(
        self, session_id: SessionId | None
    ) -> tuple[frozenset[Right], dict[OrganizationId, OrgRole]]:
        state = None if session_id is None else self.sessions.state_of(session_id)
        if state is None or state.ended_at is not None or not state.is_org_open:
            return frozenset(), {}
        return rights_of(state.roles), dict(state.standing)


def _common(
    now: Mapping[OrganizationId, OrgRole], then: Mapping[str, str]
) -> dict[OrganizationId, OrgRole]:
    """The organizations of both, with the lesser role."""
    roles = {}
    for org_id, role in now.items():
        former = then.get(str(org_id))
        if former is not None:
            roles[org_id] = min(role, OrgRole(former), key=lambda one: len(RIGHTS_OF_ORG_ROLE[one]))
    return roles
