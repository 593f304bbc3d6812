"""Evidence for third parties: the records that a credential names, in the form in which they are hashed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.public import Principal
from authsvc.kernel.tenancy import TenantScope
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.errors import IssuedCredentialNotFound
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.evidence import EvidenceReader
from credentials.domain.services.signing import CredentialSigner
from credentials.openbadges.records import event_named_in
from progress.public import AttemptId, EventType, LearnerRecords, ProgressEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecords:
    """Gives holders the records behind their credentials, for those to whom they want to show them."""

    issued_credentials: IssuedCredentialRepository
    signer: CredentialSigner
    evidence: EvidenceReader
    records: LearnerRecords

    def of(self, issued_id: IssuedCredentialId, *, by: Principal) -> Mapping[str, object]:
        """Return the records that the signed credential names, as they are now, with the content that is hashed.

        Raises IssuedCredentialNotFound unless it is the caller's, and the errors of CredentialSigner.shown.
        """
        issued = self.issued_credentials.shown(issued_id)
        if issued.user_id != by.person:
            raise IssuedCredentialNotFound
        document = json.loads(self.signer.shown(issued_id).document)
        events = {str(event.id): event for event in self.evidence.events_behind(issued)}
        scope = TenantScope.into(issued.org_id)
        return {
            "credential": document["id"],
            "records": [
                self._record(named, events[event_named_in(named)[0]], scope)
                for named in document.get("evidence", ())
            ],
        }

    def _record(
        self, named: Mapping[str, str], event: ProgressEvent, scope: TenantScope
    ) -> dict[str, object]:
        record: dict[str, object] = {"id": named["id"], "name": named["name"]}
        if event.fact.type is EventType.COURSE_COMPLETED:
            return record | {"content": event.content}
        attempt_id = AttemptId(UUID(str(event.fact.entity_id)))
        content = self.records.attempt_content(attempt_id, scope=scope)
        return record | {"content": content, "event": event.content}
