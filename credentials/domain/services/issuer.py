"""Issuing copies, the one way in which they come about."""

from dataclasses import dataclass

from accounts.public import UserId
from authsvc.kernel.reach import Reach
from credentials.domain.entities import UserCredential
from credentials.domain.repositories.protocols import UserCredentialRepository
from progress.public import EventType, Fact, RecordingService, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Keeps a copy and records it in the log. Works inside the unit of work of the service that uses it."""

    user_credentials: UserCredentialRepository
    recording: RecordingService

    def issue(self, user_credential: UserCredential, *, by: UserId | None) -> None:
        """Whoever has not locked the stream yet does it first. Raises AlreadyIssued."""
        within = Reach.into(user_credential.org_id)
        self.user_credentials.add(user_credential, within=within)
        self.record(EventType.CREDENTIAL_ISSUED, user_credential, by=by)

    def lock(self, user_credential: UserCredential) -> None:
        """Keep others out of the stream in which the copy is recorded. Raises NotEnrolled."""
        self.recording.lock(_stream_of(user_credential))

    def record(
        self, type_: EventType, user_credential: UserCredential, *, by: UserId | None
    ) -> None:
        fact = Fact(
            type=type_,
            entity_id=user_credential.id,
            payload={
                "credential_id": str(user_credential.credential_id),
                "credential_version": user_credential.credential_version,
            },
        )
        self.recording.record(fact, stream=_stream_of(user_credential), by=by)


def _stream_of(user_credential: UserCredential) -> StreamId:
    return StreamId(
        user_id=user_credential.user_id,
        course_id=user_credential.evidence.course_id,
        org_id=user_credential.org_id,
    )
