"""Earning credentials: what comes by itself, what is asked for, and what is missing."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.public import Gate, OrganizationId, Principal, Right, SubjectType, UserId
from authsvc.kernel.clock import Clock
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CourseId
from credentials.domain.entities import (
    Credential,
    CredentialId,
    Eligibility,
    Evidence,
    HeldCredential,
    Rule,
    Trigger,
    TriggerKind,
    UserCredential,
    UserCredentialId,
    proofs_of,
)
from credentials.domain.errors import AlreadyIssued, AlreadyRevoked, NotEligible
from credentials.domain.repositories.protocols import CredentialRepository, UserCredentialRepository
from credentials.domain.services.issuer import Issuer
from credentials.domain.services.subjects import SubjectReader
from progress.public import (
    AssessmentGraded,
    CourseCompleted,
    LearnerRecord,
    PathwayCompleted,
    PathwayService,
    RecordService,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningService:
    """A copy that comes by itself is filed under the course by which it came, whose stream is locked already.

    To lock that of another course besides could be a deadlock.
    """

    credentials: CredentialRepository
    user_credentials: UserCredentialRepository
    records: RecordService
    pathways: PathwayService
    subjects: SubjectReader
    issuer: Issuer
    gate: Gate
    unit_of_work: UnitOfWork
    clock: Clock

    def on_course_completed(self, event: CourseCompleted) -> None:
        """Issue what is earned by now, in the unit of work that records the completion of the course.

        Nothing new comes to who holds a copy already, or has had one revoked.
        """
        done = Trigger(TriggerKind.COURSE, event.course_id)
        self._on_done(done, _completion(event), user_id=event.user_id, org_id=event.org_id)

    def on_pathway_completed(self, event: PathwayCompleted) -> None:
        """The same, in the unit of work that records the completion of the last course of the pathway."""
        done = Trigger(TriggerKind.PATHWAY, event.pathway_id)
        self._on_done(done, _completion(event), user_id=event.user_id, org_id=event.course_org_id)

    def on_assessment_graded(self, event: AssessmentGraded) -> None:
        """The same, in the unit of work of a grading, be it the first or another one."""
        done = Trigger(TriggerKind.ASSESSMENT, event.assessment_id)
        evidence = Evidence(
            course_id=event.course_id,
            course_version=event.course_version,
            completed_at=event.graded_at,
        )
        self._on_done(done, evidence, user_id=event.user_id, org_id=event.org_id)

    def _on_done(
        self,
        done: Trigger,
        evidence: Evidence,
        *,
        user_id: UserId,
        org_id: OrganizationId | None,
    ) -> None:
        """Issue what is earned by doing this on the course of the evidence; `org_id` says whose course it is."""
        with self.unit_of_work.atomic():
            for credential in self._for_learner(done, user_id, org_id):
                rule = credential.terms.rule
                filed = evidence if rule is None else self._met(credential, rule, evidence, user_id)
                if filed is not None:
                    with suppress(AlreadyIssued):
                        self.issuer.issue(self._copy(credential, user_id, filed), by=user_id)

    def eligibility(self, credential_id: CredentialId, *, by: Principal) -> Eligibility:
        """What the asker has reached of it. Raises CredentialNotFound."""
        credential = self.credentials.get(credential_id, within=by.reach)
        return self._looked_at(credential, by.person, by)

    def eligibility_of(
        self, user_id: UserId, credential_id: CredentialId, *, by: Principal
    ) -> Eligibility:
        """What somebody else has reached of it. Raises CredentialNotFound, NotPermitted."""
        credential = self.credentials.get(credential_id, within=by.reach)
        by.require(Right.AWARD_CREDENTIALS, of=credential.org_id)
        return self._looked_at(credential, user_id, by)

    def claim(self, credential_id: CredentialId, *, by: Principal) -> HeldCredential:
        """Issue it to the asker. Raises CredentialNotFound, AlreadyIssued, AlreadyRevoked, NotEligible."""
        with self.unit_of_work.atomic():
            credential = self.credentials.get(credential_id, within=by.own_reach)
            record = self._record_of(by.person, credential)
            found = self._eligibility(credential, by.person, record)
            if found.holds:
                raise AlreadyIssued
            if found.is_revoked:
                raise AlreadyRevoked
            evidence = self._evidence(credential, record)
            if not found.is_eligible or evidence is None:
                named = self._named(found, by)
                raise NotEligible(missing="; ".join(named.missing))
            copy = self._copy(credential, by.person, evidence)
            self.issuer.lock(copy)
            self.issuer.issue(copy, by=by.user_id)
        return HeldCredential(copy=copy, status=copy.status(at=self.clock.now()))

    def _for_learner(
        self, done: Trigger, user_id: UserId, org_id: OrganizationId | None
    ) -> Iterator[Credential]:
        """What this may earn of what the learner sees; which organizations he is in is looked up if it matters."""
        found = self.credentials.earned_by(done)
        view = Reach.into(org_id)
        if not all(view.covers(credential.org_id) for credential in found):
            view = self.gate.view_of(user_id)
        return (credential for credential in found if view.covers(credential.org_id))

    def _met(
        self, credential: Credential, rule: Rule, evidence: Evidence, user_id: UserId
    ) -> Evidence | None:
        """By what the rule is met; nothing, and nothing is looked up, once there was a copy, even if it is revoked."""
        if self.user_credentials.latest_of(user_id, credential.id) is not None:
            return None
        within = Reach.into(credential.org_id)
        record = self.records.record_for_update(user_id, within=within)
        record = self._with_pathways(record, user_id, credential)
        if not rule.verdict(record).is_met:
            return None
        return replace(evidence, met_by=proofs_of(rule, record))

    def _looked_at(self, credential: Credential, user_id: UserId, by: Principal) -> Eligibility:
        found = self._eligibility(credential, user_id, self._record_of(user_id, credential))
        self.gate.note_look(
            credential.org_id, at=SubjectType.CREDENTIAL, subject_id=credential.id, by=by
        )
        return self._named(found, by)

    def _eligibility(
        self, credential: Credential, user_id: UserId, record: LearnerRecord
    ) -> Eligibility:
        return Eligibility(
            credential=credential,
            verdict=credential.terms.earned_by.verdict(record),
            latest=self.user_credentials.latest_of(user_id, credential.id),
        )

    def _named(self, found: Eligibility, by: Principal) -> Eligibility:
        credential = found.credential
        within = Reach.into(credential.org_id)
        names = self.subjects.names_of(credential.terms.triggers, within=within, by=by)
        return replace(found, verdict=found.verdict.named(names))

    def _record_of(self, user_id: UserId, credential: Credential) -> LearnerRecord:
        record = self.records.record_of(user_id, within=Reach.into(credential.org_id))
        return self._with_pathways(record, user_id, credential)

    def _with_pathways(
        self, record: LearnerRecord, user_id: UserId, credential: Credential
    ) -> LearnerRecord:
        """With the pathways that are completed, if the rule mentions one."""
        if all(each.kind is not TriggerKind.PATHWAY for each in credential.terms.triggers):
            return record
        within = Reach.into(credential.org_id)
        completed = self.pathways.completed_by(user_id, within=within)
        return replace(record, completed_pathways=completed)

    def _evidence(self, credential: Credential, record: LearnerRecord) -> Evidence | None:
        """Of the credential's own course; else of the latest that the rule mentions; else of the latest of all."""
        rule, within = credential.terms.rule, Reach.into(credential.org_id)
        mentioned = credential.terms.triggers
        found = (
            _latest(record, {credential.terms.course_id})
            or _latest(record, self.subjects.courses_behind(mentioned, within=within))
            or _latest(record, record.courses.keys())
        )
        return replace(found, met_by=proofs_of(rule, record)) if found and rule else found

    def _copy(self, credential: Credential, user_id: UserId, evidence: Evidence) -> UserCredential:
        return UserCredential.issued(
            UserCredentialId(uuid4()),
            credential=credential,
            user_id=user_id,
            evidence=evidence,
            at=self.clock.now(),
        )


def _completion(event: CourseCompleted | PathwayCompleted) -> Evidence:
    return Evidence(
        course_id=event.course_id,
        course_version=event.course_version,
        completed_at=event.completed_at,
    )


def _latest(record: LearnerRecord, among: AbstractSet[CourseId]) -> Evidence | None:
    """What was done last on one of these courses."""
    found = [
        Evidence(
            course_id=course_id,
            course_version=course.course_version,
            completed_at=course.completed_at or course.last_activity_at,
        )
        for course_id, course in record.courses.items()
        if course_id in among
    ]
    return max(found, key=lambda evidence: evidence.completed_at, default=None)
