"""Verification of any Open Badge 3.0, of this service or another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from credentials.domain.entities.badges import (
    BadgeContent,
    BadgeOutcome,
    BadgeReport,
    BadgeStep,
    BadgeStepName,
    BadgeVerdict,
)
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.issuers import Addresses
from credentials.domain.errors import (
    BadgeNotFetched,
    IssuedCredentialNotFound,
    IssuerKeyUnreadable,
)
from credentials.domain.services.badge_resolvers import BadgeResolver, OwnIssuers
from credentials.domain.services.foreign_issuers import ForeignIssuers
from credentials.domain.services.signed_verification import IssuedVerifier
from credentials.openbadges.errors import InvalidDocument
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.schemas import VIOLATION, is_transcript
from credentials.openbadges.securing import OPEN_BADGES_2, time_of
from credentials.openbadges.verification import (
    OTHER_TRANSCRIPT,
    Outcome,
    Resolver,
    Step,
    StepName,
    Unresolved,
    Verification,
    verify,
)

LONGEST_SHOWN: Final = 300
"""Characters of a name or an identifier that are shown."""
_ENDORSEMENTS: Final = ("endorsement", "endorsementJwt")
_OUTCOMES: Final = {
    Outcome.PASSED: BadgeOutcome.PASSED,
    Outcome.FAILED: BadgeOutcome.FAILED,
    Outcome.SKIPPED: BadgeOutcome.NOT_CHECKED,
    Outcome.UNRESOLVED: BadgeOutcome.NOT_CHECKED,
}
_Steps = Mapping[StepName, Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeVerifier:
    """Verifies what anybody sends. Nothing of it is stored."""

    own: OwnIssuers
    foreign: ForeignIssuers
    issued_verifier: IssuedVerifier
    addresses: Addresses
    clock: Clock

    def verify(self, content: bytes | str, *, email: str = "") -> BadgeReport:
        """Verify a credential: JSON, a VC-JWT, or a PNG or SVG that contains either. A transcript, with all inside.

        Whatever the content, the answer is a report. With *email*, the holder is compared with that e-mail address.
        """
        return self._verified(content, self.foreign.resolver(), email)

    def verify_at(self, address: str, *, email: str = "") -> BadgeReport:
        """Verify the credential at an address, here or on another host, like verify.

        Raises BadgeNotFetched, IssuedCredentialNotFound, IssuedCredentialAltered, IssuerKeyUnreadable.
        """
        elsewhere = self.foreign.resolver()
        if (issued_id := self.addresses.issued_id(address)) is not None:
            signed = self.issued_verifier.signer.shown(issued_id)
            return self._verified(signed.document, elsewhere, email)
        if self.addresses.is_own(address):
            raise IssuedCredentialNotFound
        try:
            content = elsewhere.credential(address)
        except Unresolved as error:
            raise BadgeNotFetched(FieldError(path="address", detail=str(error))) from None
        return self._verified(content, elsewhere, email)

    def _verified(self, content: bytes | str, elsewhere: Resolver, email: str) -> BadgeReport:
        resolver, now = BadgeResolver(own=self.own, elsewhere=elsewhere), self.clock.now()
        verification = verify(content, resolver, now, email=email)
        report = self._report_on(verification, email)
        document = verification.document
        if document is None or report.content is None or not is_transcript(document):
            return report
        inside = [
            self._report_on_part(credential, resolver, now)
            for credential in document["credentialSubject"]["verifiableCredential"]
        ]
        steps = [*report.steps, _credentials(inside)]
        verdict = _verdict_of(_required(steps, email))
        return replace(report, verdict=verdict, steps=steps, credentials=inside)

    def _report_on_part(
        self, credential: Mapping[str, Any], resolver: Resolver, now: datetime
    ) -> BadgeReport:
        """The report on a credential in a transcript. A transcript in it is refused, so that the work ends."""
        if is_transcript(credential):
            return BadgeReport(verdict=BadgeVerdict.INVALID, steps=[_NESTED])
        return self._report_on(verify(json_text(credential), resolver, now))

    def _report_on(self, verification: Verification, email: str = "") -> BadgeReport:
        steps = {step.name: step for step in verification.steps}
        document = verification.document
        reported = [_format(steps[StepName.SCHEMA])]
        if document is None:
            is_other = steps[StepName.SCHEMA].message in (OPEN_BADGES_2, OTHER_TRANSCRIPT)
            verdict = BadgeVerdict.UNSUPPORTED if is_other else BadgeVerdict.INVALID
            return BadgeReport(verdict=verdict, steps=reported)
        reported.append(_signature(steps))
        if reported[-1].outcome is not BadgeOutcome.PASSED:
            return BadgeReport(verdict=_verdict_of(reported), steps=reported)
        badge = self._content_of(document)
        reported += [
            _refresh(document),
            self._status(steps, badge.issued_id),
            _reported(BadgeStepName.HOLDER, steps[StepName.SUBJECT]),
            _endorsements(document),
        ]
        verdict = _verdict_of(_required(reported, email))
        return BadgeReport(verdict=verdict, steps=reported, content=badge)

    def _content_of(self, document: Mapping[str, Any]) -> BadgeContent:
        issuer = document["issuer"]
        profile = {"id": issuer} if isinstance(issuer, str) else issuer
        return BadgeContent(
            id=_shown(document["id"]),
            name=_shown((_achievement_in(document) or document)["name"]),
            issuer_id=_shown(profile["id"]),
            issuer_name=_shown(profile.get("name", "")),
            valid_from=_time(document.get("validFrom")),
            valid_until=_time(document.get("validUntil")),
            issued_id=self._issued_id_of(document, profile["id"]),
        )

    def _issued_id_of(
        self, document: Mapping[str, Any], issuer_id: str
    ) -> IssuedCredentialId | None:
        """The id of the issued credential, if an issuer here signed it."""
        if not self.addresses.is_own(issuer_id) or not self.addresses.is_own(document["id"]):
            return None
        return self.addresses.issued_id(document["id"])

    def _status(self, steps: _Steps, issued_id: IssuedCredentialId | None) -> BadgeStep:
        """The step of status and dates; of an own credential by its record, which tells suspended from revoked."""
        if issued_id is not None:
            try:
                issued = self.issued_verifier.verify(issued_id)
            except (IssuedCredentialNotFound, IssuerKeyUnreadable):
                pass
            else:
                if not issued.valid:
                    return _step(BadgeStepName.STATUS, BadgeOutcome.FAILED, issued.detail)
        parts = [steps[StepName.VALIDITY], steps[StepName.STATUS]]
        for outcome in (Outcome.FAILED, Outcome.UNRESOLVED):
            messages = [part.message for part in parts if part.outcome is outcome]
            if messages:
                return _step(BadgeStepName.STATUS, _OUTCOMES[outcome], " ".join(messages))
        message = " ".join(part.message for part in parts)
        return _step(BadgeStepName.STATUS, BadgeOutcome.PASSED, message)


def _achievement_in(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the credential is about; None for a transcript."""
    achievement: Mapping[str, Any] | None = document["credentialSubject"].get("achievement")
    return achievement


def _required(steps: Sequence[BadgeStep], email: str) -> list[BadgeStep]:
    """The steps that decide on the verdict."""
    return [step for step in steps if email or step.name is not BadgeStepName.HOLDER]


def _credentials(inside: Sequence[BadgeReport]) -> BadgeStep:
    """The step of those in a transcript: whether they are authentic. Whether they are in force, the message tells."""
    unread = [report for report in inside if report.content is None]
    forged = [report for report in unread if report.verdict is not BadgeVerdict.UNVERIFIED]
    name, total = BadgeStepName.CREDENTIALS, len(inside)
    if forged:
        message = f"Of {total} credentials in the transcript, {len(forged)} are not authentic."
        return _step(name, BadgeOutcome.FAILED, message)
    if unread:
        message = (
            f"Of {total} credentials in the transcript, {len(unread)} could not be verified here."
        )
        return _step(name, BadgeOutcome.NOT_CHECKED, message)
    valid = sum(report.verdict is BadgeVerdict.VALID for report in inside)
    message = f"Credentials in the transcript: {total}, all authentic. In force: {valid}."
    return _step(name, BadgeOutcome.PASSED, message)


def _verdict_of(steps: Sequence[BadgeStep]) -> BadgeVerdict:
    outcomes = {step.outcome for step in steps}
    if BadgeOutcome.FAILED in outcomes:
        return BadgeVerdict.INVALID
    is_open = BadgeOutcome.NOT_CHECKED in outcomes
    return BadgeVerdict.UNVERIFIED if is_open else BadgeVerdict.VALID


def _format(schema: Step) -> BadgeStep:
    if schema.message.startswith(VIOLATION):
        # The message quotes what may be forged.
        message = f"{VIOLATION}, that of Open Badges 3.0 or CLR 2.0."
        return _step(BadgeStepName.FORMAT, BadgeOutcome.FAILED, message)
    return _reported(BadgeStepName.FORMAT, schema)


def _signature(steps: _Steps) -> BadgeStep:
    issuer, proof = steps[StepName.ISSUER], steps[StepName.PROOF]
    return _reported(BadgeStepName.SIGNATURE, issuer if issuer.outcome.prevents_validity else proof)


def _refresh(document: Mapping[str, Any]) -> BadgeStep:
    if "refreshService" not in document:
        return _step(
            BadgeStepName.REFRESH,
            BadgeOutcome.NONE,
            "The credential names no refresh service.",
        )
    return _step(
        BadgeStepName.REFRESH,
        BadgeOutcome.NOT_CHECKED,
        "The issuer may have a newer version, which is not fetched here.",
    )


def _endorsements(document: Mapping[str, Any]) -> BadgeStep:
    for endorsed in (document, document["issuer"], _achievement_in(document)):
        if isinstance(endorsed, Mapping) and any(endorsed.get(name) for name in _ENDORSEMENTS):
            message = "Endorsements of others are in the credential, and are not verified here."
            return _step(BadgeStepName.ENDORSEMENTS, BadgeOutcome.NOT_CHECKED, message)
    message = "Nobody has endorsed the credential."
    return _step(BadgeStepName.ENDORSEMENTS, BadgeOutcome.NONE, message)


def _time(text: Any) -> datetime | None:
    """The time, None without one; whether it is malformed, the step of status and dates says."""
    try:
        return time_of(text)
    except InvalidDocument:
        return None


def _reported(name: BadgeStepName, step: Step) -> BadgeStep:
    return _step(name, _OUTCOMES[step.outcome], step.message)


def _step(name: BadgeStepName, outcome: BadgeOutcome, message: str) -> BadgeStep:
    return BadgeStep(name=name, outcome=outcome, message=_shown(message))


def _shown(text: str) -> str:
    """The text, shortened, and with a replacement for lone surrogates, which UTF-8 does not have."""
    whole = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return whole.encode(errors="replace").decode()


_NESTED: Final = _step(
    BadgeStepName.FORMAT,
    BadgeOutcome.FAILED,
    "A transcript contains credentials, and no other transcripts.",
)
