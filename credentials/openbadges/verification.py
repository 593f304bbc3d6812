"""Verification of Open Badges 3.0 and of transcripts of them, step by step (Open Badges 3.0 §9)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from authsvc.kernel.canonical import utc_text
from credentials.openbadges.documents import EMAIL, HashedIdentity
from credentials.openbadges.errors import (
    InvalidDocument,
    InvalidKey,
    InvalidStatusList,
    OpenBadgesError,
)
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.revocation_lists import STATUS_TYPE, is_revoked_in
from credentials.openbadges.schemas import check_schema, has_schema, is_transcript
from credentials.openbadges.securing import Form, Secured, Signature, time_of
from credentials.openbadges.status_lists import LIST_TYPE, decoded, is_set
from credentials.openbadges.transcripts import MOST_TEXTS_VERIFIED, texts_in

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of an issuer may be ahead."""

OTHER_TRANSCRIPT: Final = (
    "Parts of this transcript (CLR 2.0) are not verified here. Use the verifier of its issuer."
)
_TRANSCRIPT_PARTS: Final = frozenset({"achievement", "association", "identifier"})
_ENTRY_TYPE: Final = "BitstringStatusListEntry"
_STATES: Final = {"revocation": "revoked", "suspension": "suspended"}
_INDEX: Final = re.compile(r"0|[1-9]\d{0,11}", re.ASCII)
_UNKNOWN_STATUS: Final = "The status of the credential is of an unknown kind."
_UNREAD: Final = "Not checked, because the credential cannot be read."


class StepName(StrEnum):
    """The steps, in the order of the specification."""

    SCHEMA = "schema"
    ISSUER = "issuer"
    PROOF = "proof"
    VALIDITY = "validity"
    STATUS = "status"
    REFRESH = "refresh"
    SUBJECT = "subject"


class Outcome(StrEnum):
    """How a step ended. One is unresolved if it needs what the resolver cannot have, so that nobody knows."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNRESOLVED = "unresolved"

    @property
    def prevents_validity(self) -> bool:
        return self in (Outcome.FAILED, Outcome.UNRESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. Its message is a sentence for users."""

    name: StepName
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of verifying a credential. `document` is None if it could not be read."""

    steps: Sequence[Step]
    document: Mapping[str, Any] | None = None
    form: Form | None = None

    @property
    def is_valid(self) -> bool:
        """Whether no step failed or is unresolved.

        Steps are skipped if the credential has nothing to check, or after a failure.
        """
        return not any(step.outcome.prevents_validity for step in self.steps)


class Unresolved(OpenBadgesError):
    """A key or a status list cannot be had, whether or not there is one. The message is a sentence for users."""


class Resolver(Protocol):
    """What issuers publish. Implementations decide which addresses they ask."""

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        """The key of this issuer at this URL, or its verification method with this id.

        Whose key it is, the answer says, which can be somebody else. Raises Unresolved, InvalidKey.
        """

    def status_list(self, url: str) -> str:
        """The credential of the status list at this URL: JSON or a compact JWS. Raises Unresolved."""

    def revocation_list(self, url: str) -> bytes:
        """The revocation list at this URL, which nobody has signed. Raises Unresolved."""


def verify(
    content: bytes | str, resolver: Resolver, now: datetime, *, email: str = ""
) -> Verification:
    """Verify a credential: JSON, a compact JWS, or a PNG or SVG that contains either.

    Whatever the content, the answer has all steps, and no error is raised. With *email*, the last step compares it with
    the e-mail address of the subject.
    """
    try:
        credential = Secured.read(content)
        _check_schema(credential)
    except OpenBadgesError as error:
        failed = Step(name=StepName.SCHEMA, outcome=Outcome.FAILED, message=str(error))
        others = [_skipped(name, _UNREAD) for name in StepName if name is not StepName.SCHEMA]
        return Verification(steps=[failed, *others])
    checks = _Checks(credential, resolver, now, email)
    steps: dict[StepName, Callable[[], Step]] = {
        StepName.SCHEMA: checks.schema,
        StepName.ISSUER: checks.issuer,
        StepName.PROOF: checks.proof,
        StepName.VALIDITY: checks.validity,
        StepName.STATUS: checks.status,
        StepName.REFRESH: checks.refresh,
        StepName.SUBJECT: checks.subject,
    }
    return Verification(
        steps=[_taken(name, check) for name, check in steps.items()],
        document=credential.document,
        form=credential.form,
    )


def _check_schema(credential: Secured) -> None:
    """Raises InvalidDocument."""
    if not has_schema(credential.document):
        raise InvalidDocument("The document is not an Open Badges 3.0 credential.")
    if is_transcript(credential.document) and _has_other_parts(credential.document):
        raise InvalidDocument(OTHER_TRANSCRIPT)
    if is_transcript(credential.document) and texts_in(credential.document) > MOST_TEXTS_VERIFIED:
        raise InvalidDocument("The transcript is too large.")
    check_schema(credential.document)
    subject = credential.document["credentialSubject"]
    if not subject.get("id") and not subject.get("identifier"):
        raise InvalidDocument("The credential does not identify its subject.")


def _has_other_parts(transcript: Mapping[str, Any]) -> bool:
    """Whether the transcript has parts that the shipped context does not define."""
    subject = transcript.get("credentialSubject")
    return isinstance(subject, Mapping) and bool(_TRANSCRIPT_PARTS & subject.keys())


def _taken(name: StepName, check: Callable[[], Step]) -> Step:
    try:
        return check()
    except Unresolved as error:
        return Step(name=name, outcome=Outcome.UNRESOLVED, message=str(error))
    except OpenBadgesError as error:
        return Step(name=name, outcome=Outcome.FAILED, message=str(error))


def _passed(name: StepName, message: str) -> Step:
    return Step(name=name, outcome=Outcome.PASSED, message=message)


def _skipped(name: StepName, message: str) -> Step:
    return Step(name=name, outcome=Outcome.SKIPPED, message=message)


@dataclass(slots=True)
class _Checks:
    """The steps of one credential. Each raises OpenBadgesError if it fails."""

    credential: Secured
    resolver: Resolver
    now: datetime
    email: str
    keys: list[tuple[Signature, IssuerKey]] = field(default_factory=list)

    def schema(self) -> Step:
        is_record = is_transcript(self.credential.document)
        standard = "CLR 2.0" if is_record else "Open Badges 3.0"
        return _passed(StepName.SCHEMA, f"The credential suits the schema of {standard}.")

    def issuer(self) -> Step:
        self.keys = _keys_of(self.credential, self.resolver)
        issuer = self.credential.issuer_id
        return _passed(StepName.ISSUER, f"The keys are published by the issuer {issuer}.")

    def proof(self) -> Step:
        if not self.keys:
            return _skipped(StepName.PROOF, "Not checked, because no key of the issuer is known.")
        _check_signatures(self.keys, self.now)
        return _passed(StepName.PROOF, "The signature is the issuer's, and nothing was changed.")

    def validity(self) -> Step:
        _check_validity(self.credential.document, self.now)
        return _passed(StepName.VALIDITY, "The credential is valid at this time.")

    def status(self) -> Step:
        entry = self.credential.document.get("credentialStatus")
        if entry is None:
            return _skipped(StepName.STATUS, "The credential cannot be revoked.")
        if entry.get("type") == STATUS_TYPE:
            _check_revocation_list(entry.get("id"), self.credential, self.resolver)
            return _passed(StepName.STATUS, "The issuer has not revoked the credential.")
        _check_status(entry, self.credential.issuer_id, self.resolver, self.now)
        return _passed(StepName.STATUS, "The credential is neither revoked nor suspended.")

    def refresh(self) -> Step:
        has_service = "refreshService" in self.credential.document
        message = "A newer version may exist." if has_service else "There is no refresh service."
        return _skipped(StepName.REFRESH, message)

    def subject(self) -> Step:
        if not self.email:
            return _skipped(StepName.SUBJECT, "No e-mail address was given to compare.")
        identities = self.credential.document["credentialSubject"].get("identifier", [])
        if not any(identity["identityType"] == EMAIL for identity in identities):
            raise Unresolved("The credential does not state the e-mail address of its holder.")
        if not any(_is_of(identity, self.email) for identity in identities):
            raise InvalidDocument("The credential is about somebody with another e-mail address.")
        return _passed(StepName.SUBJECT, "The credential is about the owner of this address.")


def _keys_of(secured: Secured, resolver: Resolver) -> list[tuple[Signature, IssuerKey]]:
    """The key of each signature. Raises OpenBadgesError if one is not the issuer's."""
    keys = []
    for signature in secured.signatures():
        key = resolver.key(signature.key_url, secured.issuer_id)
        if key.id != signature.key_url or key.controller != secured.issuer_id:
            raise InvalidKey("The key belongs to somebody other than the issuer.")
        keys.append((signature, key))
    return keys


def _check_signatures(keys: Sequence[tuple[Signature, IssuerKey]], now: datetime) -> None:
    """Raises OpenBadgesError."""
    for signature, key in keys:
        time = signature.time if signature.is_dated else max(signature.time, key.valid_from)
        if objection := key.objection_to(time):
            raise InvalidKey(objection)
        if signature.time > now + CLOCK_TOLERANCE:
            raise InvalidDocument("The credential was signed in the future.")
        if signature.expires is not None and signature.expires <= now:
            raise InvalidDocument(f"The signature expired on {utc_text(signature.expires)}.")
        if not signature.is_by(key):
            raise InvalidDocument("The signature is wrong: the credential was changed.")


def _check_validity(document: Mapping[str, Any], now: datetime) -> None:
    """Raises InvalidDocument."""
    valid_from = time_of(document.get("validFrom"))
    if valid_from > now + CLOCK_TOLERANCE:
        raise InvalidDocument(f"The credential is not valid before {utc_text(valid_from)}.")
    if "validUntil" in document:
        valid_until = time_of(document["validUntil"])
        if valid_until <= now:
            raise InvalidDocument(f"The credential expired on {utc_text(valid_until)}.")


def _check_status(
    entry: Mapping[str, Any], issuer_id: str, resolver: Resolver, now: datetime
) -> None:
    """Bitstring Status List 1.0 §3.2. Raises OpenBadgesError."""
    url, index, purpose = (
        entry.get(name) for name in ("statusListCredential", "statusListIndex", "statusPurpose")
    )
    state = _STATES.get(purpose) if isinstance(purpose, str) else None
    is_known = entry.get("type") == _ENTRY_TYPE and entry.get("statusSize", 1) == 1
    if not is_known or state is None or not isinstance(url, str):
        raise InvalidDocument(_UNKNOWN_STATUS)
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise InvalidDocument("The status of the credential has no index.")
    status_list = Secured.read(resolver.status_list(url))
    _check_list(status_list, url=url, issuer_id=issuer_id, purpose=purpose)
    _check_signatures(_keys_of(status_list, resolver), now)
    _check_validity(status_list.document, now)
    encoded_list = status_list.document["credentialSubject"].get("encodedList")
    bits = decoded(encoded_list if isinstance(encoded_list, str) else "")
    if is_set(bits, int(index)):
        raise InvalidDocument(f"The issuer has {state} the credential.")


def _check_revocation_list(url: Any, credential: Secured, resolver: Resolver) -> None:
    """1EdTech Revocation List Status Method 1.0. Raises OpenBadgesError.

    Open Badges 3.0 have verifiers warn of a list that cannot be read, not refuse the credential: nobody has signed it.
    """
    if not isinstance(url, str):
        raise InvalidDocument(_UNKNOWN_STATUS)
    try:
        is_revoked = is_revoked_in(
            resolver.revocation_list(url),
            url=url,
            issuer_id=credential.issuer_id,
            credential_id=credential.document["id"],
        )
    except InvalidStatusList as error:
        raise Unresolved(str(error)) from None
    if is_revoked:
        raise InvalidDocument("The issuer has revoked the credential.")


def _check_list(status_list: Secured, *, url: str, issuer_id: str, purpose: Any) -> None:
    """Raises InvalidDocument."""
    document = status_list.document
    subject, types = document.get("credentialSubject"), document.get("type")
    if not isinstance(types, list) or LIST_TYPE not in types or not isinstance(subject, Mapping):
        raise InvalidDocument("The status list is not one.")
    if document.get("id") != url or status_list.issuer_id != issuer_id:
        raise InvalidDocument("The status list is of another address or issuer.")
    if subject.get("statusPurpose") != purpose:
        raise InvalidDocument("The status list is for another purpose.")


def _is_of(identity: Mapping[str, Any], email: str) -> bool:
    """Whether the identity of the subject, which suits the schema, is that of the e-mail address."""
    if not identity["hashed"]:
        pair = (identity["identityType"], identity["identityHash"].lower())
        return pair == (EMAIL, email.strip().lower())
    hashed = HashedIdentity(
        hash=identity["identityHash"].lower(),
        salt=identity.get("salt", ""),
        type=identity["identityType"],
    )
    return hashed.matches(email)
