"""Awarding credentials by hand: to learners who have earned them, or for a reason to those who have not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
    UserId,
)
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import (
    Eligibility,
    IssuedCredentialId,
    Verification,
    require_reason,
)
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.entities.signed import Place
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    NotEligible,
    NothingToRecordOn,
)
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.services.earning import EarningService


class AwardOutcome(StrEnum):
    """What awarding a credential to a learner would lead to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not-eligible"
    HOLDS = "holds"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    NEVER_ENROLLED = "never-enrolled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardPlan:
    """The outcome for one learner; `missing` are texts of what is missing for the rule."""

    user_id: UserId
    outcome: AwardOutcome
    missing: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether it can be awarded, for a learner who is not eligible only if the caller insists."""
        return self.outcome in (AwardOutcome.ELIGIBLE, AwardOutcome.NOT_ELIGIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardService:
    """Raises CredentialNotFound, and NotPermitted without the right to award credentials for the owner."""

    credentials: CredentialRepository
    earning: EarningService
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork

    def plan(
        self, credential_id: CredentialId, user_ids: Iterable[UserId], *, by: Principal
    ) -> list[AwardPlan]:
        """Return what awarding the credential to these learners would lead to; change nothing."""
        credential = self._permitted(credential_id, by)
        plans = [self._plan(credential, user_id, by) for user_id in user_ids]
        self.tenant_access.record_access(
            credential.org_id, at=SubjectType.CREDENTIAL, subject_id=credential.id, by=by
        )
        return plans

    def award(
        self,
        credential_id: CredentialId,
        user_id: UserId,
        *,
        reason: str,
        even_if_not_eligible: bool = False,
        issued_id: IssuedCredentialId | None = None,
        place: Place | None = None,
        by: Principal,
    ) -> Verification:
        """Issue the credential to the learner. A batch gives it an id and a place in a status list.

        Raises OrganizationSuspended, ReasonMissing, AlreadyIssued, AlreadyRevoked, NotEligible if it is withdrawn, or
        if the rule is not met and the caller does not insist, and NothingToRecordOn if they were never on a course.
        """
        require_reason(reason)
        with self.unit_of_work.atomic():
            credential = self.awardable(credential_id, by=by)
            plan = self._plan(credential, user_id, by)
            _require_possible(plan, even_if_not_eligible=even_if_not_eligible)
            issued = self.earning.issue_to(
                user_id, credential, issued_id=issued_id, place=place, by=by.user_id
            )
            self.audit_log.record(
                AuditAction.CREDENTIAL_AWARDED,
                AuditSubject.of(SubjectType.USER_CREDENTIAL, issued.issued),
                by=by,
                because=reason,
                after={
                    "credential_id": str(credential.id),
                    "user_id": str(user_id),
                    "is_eligible": plan.outcome is AwardOutcome.ELIGIBLE,
                },
            )
        return issued

    def awardable(self, credential_id: CredentialId, *, by: Principal) -> Credential:
        """Return the credential if the caller may award it now. Raises OrganizationSuspended."""
        credential = self._permitted(credential_id, by)
        self.tenant_access.require_open(credential.org_id, by=by)
        return credential

    def _permitted(self, credential_id: CredentialId, by: Principal) -> Credential:
        credential = self.credentials.get(credential_id, scope=by.tenant_scope)
        by.require(Right.AWARD_CREDENTIALS, of=credential.org_id)
        return credential

    def _plan(self, credential: Credential, user_id: UserId, by: Principal) -> AwardPlan:
        eligibility, has_course = self.earning.standing_of(user_id, credential, by=by)
        plan = AwardPlan(user_id=user_id, outcome=_outcome_of(eligibility, has_course=has_course))
        if plan.outcome is AwardOutcome.NOT_ELIGIBLE:
            return replace(plan, missing=eligibility.verdict.missing)
        return plan


def _outcome_of(eligibility: Eligibility, *, has_course: bool) -> AwardOutcome:
    for applies, outcome in (
        (eligibility.holds, AwardOutcome.HOLDS),
        (eligibility.is_revoked, AwardOutcome.REVOKED),
        (not eligibility.credential.is_offered, AwardOutcome.WITHDRAWN),
        (not has_course, AwardOutcome.NEVER_ENROLLED),
        (not eligibility.verdict.is_met, AwardOutcome.NOT_ELIGIBLE),
    ):
        if applies:
            return outcome
    return AwardOutcome.ELIGIBLE


def _require_possible(plan: AwardPlan, *, even_if_not_eligible: bool) -> None:
    match plan.outcome:
        case AwardOutcome.HOLDS:
            raise AlreadyIssued
        case AwardOutcome.REVOKED:
            raise AlreadyRevoked
        case AwardOutcome.WITHDRAWN:
            raise NotEligible(missing="it is no longer offered")
        case AwardOutcome.NEVER_ENROLLED:
            raise NothingToRecordOn
        case AwardOutcome.NOT_ELIGIBLE if not even_if_not_eligible:
            raise NotEligible(missing="; ".join(plan.missing))
        case _:
            """It can be issued."""
