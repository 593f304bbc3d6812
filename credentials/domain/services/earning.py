"""Earning credentials: automatic issue, claims and eligibility."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess, UserId
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import AssessmentId, CourseId
from credentials.domain.entities.credentials import (
    Eligibility,
    Evidence,
    IssuedCredential,
    IssuedCredentialId,
    Verification,
)
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.entities.rules import Rule, Trigger, TriggerKind, proofs_of
from credentials.domain.entities.signed import Place
from credentials.domain.errors import AlreadyIssued, AlreadyRevoked, NotEligible, NothingToRecordOn
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.issuing import CredentialIssuer
from credentials.domain.services.subjects import SubjectReader
from progress.public import (
    AssessmentGraded,
    AssistedGrade,
    CourseCompleted,
    LearnerRecord,
    LearnerRecords,
    PathwayCompleted,
    PathwayService,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningService:
    """Issues credentials to learners who have earned them.

    An automatically issued credential is recorded on the course that led to it, whose stream is locked already. Locking
    the stream of a second course could cause a deadlock.
    """

    credentials: CredentialRepository
    issued_credentials: IssuedCredentialRepository
    records: LearnerRecords
    pathways: PathwayService
    subjects: SubjectReader
    issuer: CredentialIssuer
    tenant_access: TenantAccess
    unit_of_work: UnitOfWork
    clock: Clock

    def on_course_completed(self, event: CourseCompleted) -> None:
        """Issue what the learner has earned by now, inside the unit of work that records the completion.

        Nothing is issued to a learner who holds the credential already, or had it revoked.
        """
        trigger = Trigger(TriggerKind.COURSE, event.course_id)
        self._issue_earned(trigger, _completion(event), user_id=event.user_id, org_id=event.org_id)

    def on_pathway_completed(self, event: PathwayCompleted) -> None:
        """Like on_course_completed, inside the unit of work that records the last course of the pathway."""
        trigger = Trigger(TriggerKind.PATHWAY, event.pathway_id)
        self._issue_earned(
            trigger, _completion(event), user_id=event.user_id, org_id=event.course_org_id
        )

    def on_assessment_graded(self, event: AssessmentGraded) -> None:
        """Like on_course_completed, inside the unit of work of the grading."""
        trigger = Trigger(TriggerKind.ASSESSMENT, event.assessment_id)
        evidence = Evidence(
            course_id=event.course_id,
            course_version=event.course_version,
            completed_at=event.graded_at,
        )
        self._issue_earned(trigger, evidence, user_id=event.user_id, org_id=event.org_id)

    def _issue_earned(
        self,
        trigger: Trigger,
        evidence: Evidence,
        *,
        user_id: UserId,
        org_id: OrganizationId | None,
    ) -> None:
        """Issue what this completion earns on the course of the evidence, which belongs to `org_id`."""
        for credential in self._for_learner(trigger, user_id, org_id):
            rule = credential.terms.rule
            full = evidence if rule is None else self._met(credential, rule, evidence, user_id)
            if full is not None:
                with suppress(AlreadyIssued):
                    self.issuer.issue(self._issued(credential, user_id, full), by=user_id)

    def eligibility(self, credential_id: CredentialId, *, by: Principal) -> Eligibility:
        """Return whether the caller can claim the credential. Raises CredentialNotFound."""
        credential = self.credentials.get(credential_id, scope=by.tenant_scope)
        return self._checked(credential, by.person, by)

    def eligibility_of(
        self, user_id: UserId, credential_id: CredentialId, *, by: Principal
    ) -> Eligibility:
        """Return whether another user could claim the credential. Raises CredentialNotFound, NotPermitted."""
        credential = self.credentials.get(credential_id, scope=by.tenant_scope)
        by.require(Right.AWARD_CREDENTIALS, of=credential.org_id)
        return self._checked(credential, user_id, by)

    def standing_of(
        self, user_id: UserId, credential: Credential, *, by: Principal
    ) -> tuple[Eligibility, bool]:
        """Return the eligibility of a learner, and whether they have a course on which it can be recorded."""
        record = self._record_of(user_id, credential)
        eligibility = self._named(self._eligibility(credential, user_id, record), by)
        return eligibility, self._evidence(credential, record) is not None

    def issue_to(
        self,
        user_id: UserId,
        credential: Credential,
        *,
        issued_id: IssuedCredentialId | None = None,
        place: Place | None = None,
        by: UserId | None,
    ) -> Verification:
        """Issue the credential on what the learner has reached, inside the unit of work of the caller, who judges that.

        A batch gives it an id and a place in a status list. Raises AlreadyIssued, NothingToRecordOn.
        """
        evidence = self._evidence(credential, self._record_of(user_id, credential))
        if evidence is None:
            raise NothingToRecordOn
        issued = self._issued(credential, user_id, evidence, issued_id)
        self.issuer.lock(issued)
        self.issuer.issue(issued, place=place, by=by)
        return issued.verified(at=self.clock.now())

    def claim(self, credential_id: CredentialId, *, by: Principal) -> Verification:
        """Issue the credential to the caller.

        Raises CredentialNotFound, AlreadyIssued, AlreadyRevoked, NotEligible.
        """
        with self.unit_of_work.atomic():
            credential = self.credentials.get(credential_id, scope=by.member_scope)
            record = self._record_of(by.person, credential)
            eligibility = self._eligibility(credential, by.person, record)
            if eligibility.holds:
                raise AlreadyIssued
            if eligibility.is_revoked:
                raise AlreadyRevoked
            evidence = self._evidence(credential, record)
            if not eligibility.is_eligible or evidence is None:
                named = self._named(eligibility, by)
                raise NotEligible(missing="; ".join(named.missing))
            issued = self._issued(credential, by.person, evidence)
            self.issuer.lock(issued)
            self.issuer.issue(issued, by=by.user_id)
        return issued.verified(at=self.clock.now())

    def _for_learner(
        self, trigger: Trigger, user_id: UserId, org_id: OrganizationId | None
    ) -> Iterator[Credential]:
        """Yield what this completion may earn in the learner's scope; memberships are read only if needed."""
        credentials = self.credentials.earned_by(trigger)
        scope = TenantScope.into(org_id)
        if not all(scope.covers(credential.org_id) for credential in credentials):
            scope = self.tenant_access.member_scope_of(user_id)
        return (credential for credential in credentials if scope.covers(credential.org_id))

    def _met(
        self, credential: Credential, rule: Rule, evidence: Evidence, user_id: UserId
    ) -> Evidence | None:
        """Return the evidence that the rule is met; None at once if the credential was ever issued, even if revoked."""
        if self.issued_credentials.latest_of(user_id, credential.id) is not None:
            return None
        scope = TenantScope.into(credential.org_id)
        record = self.records.record_for_update(user_id, scope=scope)
        record = self._with_pathways(record, user_id, credential)
        if not rule.verdict(record).is_met:
            return None
        return replace(evidence, met_by=proofs_of(rule, record))

    def _checked(self, credential: Credential, user_id: UserId, by: Principal) -> Eligibility:
        eligibility = self._eligibility(credential, user_id, self._record_of(user_id, credential))
        self.tenant_access.record_access(
            credential.org_id, at=SubjectType.CREDENTIAL, subject_id=credential.id, by=by
        )
        return self._named(eligibility, by)

    def _eligibility(
        self, credential: Credential, user_id: UserId, record: LearnerRecord
    ) -> Eligibility:
        return Eligibility(
            credential=credential,
            verdict=credential.terms.earned_by.verdict(record),
            latest=self.issued_credentials.latest_of(user_id, credential.id),
        )

    def _named(self, eligibility: Eligibility, by: Principal) -> Eligibility:
        credential = eligibility.credential
        scope = TenantScope.into(credential.org_id)
        names = self.subjects.names_of(credential.terms.triggers, scope=scope, by=by)
        return replace(eligibility, verdict=eligibility.verdict.named(names))

    def _record_of(self, user_id: UserId, credential: Credential) -> LearnerRecord:
        record = self.records.record_of(user_id, scope=TenantScope.into(credential.org_id))
        return self._with_pathways(record, user_id, credential)

    def _with_pathways(
        self, record: LearnerRecord, user_id: UserId, credential: Credential
    ) -> LearnerRecord:
        """Add the completed pathways to the record, if the rule requires one."""
        if all(t.kind is not TriggerKind.PATHWAY for t in credential.terms.triggers):
            return record
        scope = TenantScope.into(credential.org_id)
        completed = self.pathways.completed_by(user_id, scope=scope)
        return replace(record, completed_pathways=completed)

    def _evidence(self, credential: Credential, record: LearnerRecord) -> Evidence | None:
        """Return evidence from the credential's own course, else the latest required course, else the latest course."""
        rule, scope = credential.terms.rule, TenantScope.into(credential.org_id)
        required = credential.terms.triggers
        evidence = (
            _latest(record, {credential.terms.course_id})
            or _latest(record, self.subjects.courses_behind(required, scope=scope))
            or _latest(record, record.courses.keys())
        )
        return replace(evidence, met_by=proofs_of(rule, record)) if evidence and rule else evidence

    def _issued(
        self,
        credential: Credential,
        user_id: UserId,
        evidence: Evidence,
        issued_id: IssuedCredentialId | None = None,
    ) -> IssuedCredential:
        return IssuedCredential.issued(
            issued_id or IssuedCredentialId(uuid4()),
            credential=credential,
            user_id=user_id,
            evidence=replace(
                evidence, assisted_grades=self._assisted(credential, user_id, evidence)
            ),
            at=self.clock.now(),
        )

    def _assisted(
        self, credential: Credential, user_id: UserId, evidence: Evidence
    ) -> tuple[AssistedGrade, ...]:
        """Return the grades behind the evidence for which models had proposed scores."""
        scope = TenantScope.into(credential.org_id)
        subjects = {proof.subject for proof in evidence.met_by}
        return self.records.assisted_grades(
            user_id,
            courses=self.subjects.courses_completed(subjects, scope=scope) | {evidence.course_id},
            assessments={
                AssessmentId(subject.subject_id)
                for subject in subjects
                if subject.kind is TriggerKind.ASSESSMENT
            },
            scope=scope,
        )


def _completion(event: CourseCompleted | PathwayCompleted) -> Evidence:
    return Evidence(
        course_id=event.course_id,
        course_version=event.course_version,
        completed_at=event.completed_at,
    )


def _latest(record: LearnerRecord, among: AbstractSet[CourseId]) -> Evidence | None:
    """Return evidence from the latest of these courses."""
    candidates = [
        Evidence(
            course_id=course_id,
            course_version=course.course_version,
            completed_at=course.completed_at or course.last_activity_at,
        )
        for course_id, course in record.courses.items()
        if course_id in among
    ]
    return max(candidates, key=lambda evidence: evidence.completed_at, default=None)
