"""Grounds of issued credentials: what has happened since to the results that earned them."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.public import Principal, Right
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.subjects import SubjectReader
from progress.public import ProgressEvent, RecordedFacts, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundsReader:
    """Shows officers which results no longer count; whether the credential is revoked is for them to decide."""

    issued_credentials: IssuedCredentialRepository
    recorded_facts: RecordedFacts
    subjects: SubjectReader

    def lost(self, issued_id: IssuedCredentialId, *, by: Principal) -> list[ProgressEvent]:
        """Return the events after the issue that reopened an item on a course that earned the credential, oldest first.

        Raises IssuedCredentialNotFound, NotPermitted.
        """
        issued = self.issued_credentials.shown(issued_id)
        by.require(Right.AWARD_CREDENTIALS, of=issued.org_id)
        later = (
            event
            for stream in self._streams(issued)
            for event in self.recorded_facts.reopenings(stream)
            if event.occurred_at > issued.issued_at
        )
        return sorted(later, key=lambda event: event.occurred_at)

    def _streams(self, issued: IssuedCredential) -> Iterator[StreamId]:
        scope = TenantScope.into(issued.org_id)
        behind = self.subjects.courses_behind(issued.terms.triggers, scope=scope)
        for course_id in sorted({issued.evidence.course_id, *behind}):
            yield StreamId(user_id=issued.user_id, course_id=course_id, org_id=issued.org_id)
