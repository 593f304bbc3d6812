"""Words of the public page: the verdict, the steps of the verification and their states."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format

from authsvc.composition.container import services
from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.entities.definitions import CredentialType
from credentials.domain.entities.public import CAUSES, PublicCredential, PublicVerdict
from credentials.openbadges.verification import Outcome, Step, StepName
from credentials.pages.images import static_image
from credentials.pages.sharing import linkedin_url, structured_data

CHECK: Final = "M4 12.5l5 5L20 6.5"
CROSS: Final = "M6 6l12 12M18 6L6 18"
DASH: Final = "M5 12h14"
SHIELD: Final = "M12 3l8 3v5.5c0 4.6-3.2 8-8 9.5-4.8-1.5-8-4.9-8-9.5V6zM8.5 12l2.5 2.5 4.5-5"
BAN: Final = "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M6 6l12 12"
CLOCK: Final = "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7v5l3.5 2"
PAUSE: Final = "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M10 9v6M14 9v6"

TYPES: Final = {
    CredentialType.CERTIFICATE: "Certificate",
    CredentialType.BADGE: "Badge",
    CredentialType.MICROCREDENTIAL: "Microcredential",
}
STEPS: Final = {
    StepName.SCHEMA: "Format",
    StepName.ISSUER: "Issuer",
    StepName.PROOF: "Signature",
    StepName.VALIDITY: "Dates",
    StepName.STATUS: "Status",
    StepName.REFRESH: "Refresh",
    StepName.SUBJECT: "Holder",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """The verdict as it is shown; `tone` is the class of its colour, `icon` the path of its picture."""

    title: str
    sentence: str
    tone: str
    icon: str


VERDICTS: Final = {
    PublicVerdict.VALID: VerdictWords(
        title="Valid",
        sentence="Signature, status and dates are right.",
        tone="good",
        icon=SHIELD,
    ),
    PublicVerdict.EXPIRED: VerdictWords(
        title="Expired on {day}",
        sentence="It was valid until then, and it is authentic. Ask the holder for a newer one.",
        tone="",
        icon=CLOCK,
    ),
    PublicVerdict.SUSPENDED: VerdictWords(
        title="Suspended on {day}",
        sentence="{issuer} is reviewing it. Do not rely on it for now; look again later.",
        tone="",
        icon=PAUSE,
    ),
    PublicVerdict.REVOKED: VerdictWords(
        title="Revoked: do not rely on this credential",
        sentence="{issuer} revoked it on {day}.",
        tone="wrong",
        icon=BAN,
    ),
    PublicVerdict.COMPROMISED: VerdictWords(
        title="Signed with a compromised key",
        sentence=(
            "The issuer reported this key as compromised from {day}, and the signature is from after that date. Nothing"
            " that the credential says can be trusted, so we show nothing of it."
        ),
        tone="wrong",
        icon=BAN,
    ),
    PublicVerdict.NOT_AUTHENTIC: VerdictWords(
        title="Not authentic: do not rely on this credential",
        sentence=(
            "The content was changed after it was recorded or signed. Nothing that it says can be trusted, so we show"
            " nothing of it."
        ),
        tone="wrong",
        icon=BAN,
    ),
}
"""The words of each verdict, in which the day and the issuer are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    title: str
    state: str
    message: str
    tone: str
    icon: str

    @classmethod
    def of(cls, step: Step) -> "StepWords":
        match step.outcome:
            case Outcome.PASSED:
                state, tone, icon = "Passed", "good", CHECK
            case Outcome.FAILED:
                state, tone, icon = "Failed", "wrong", CROSS
            case Outcome.SKIPPED:
                is_none = step.name is StepName.REFRESH
                state, tone, icon = "None" if is_none else "Not checked", "faint", DASH
        return cls(title=STEPS[step.name], state=state, message=step.message, tone=tone, icon=icon)


@dataclass(frozen=True)
class PublicPage:
    """What the template of the page shows."""

    credential: PublicCredential

    @property
    def issued(self) -> IssuedCredential:
        return self.credential.issued

    @property
    def name(self) -> str:
        return self.issued.terms.name

    @property
    def issuer(self) -> str:
        return self.issued.terms.issuer

    @property
    def cause(self) -> str:
        """Why it was revoked, as far as strangers are told."""
        revocation = self.issued.revocation
        return CAUSES[revocation.cause] if revocation and revocation.cause else ""

    @property
    def is_trusted(self) -> bool:
        return self.credential.verdict.is_trusted

    @property
    def is_void(self) -> bool:
        return self.credential.verdict.is_void

    @property
    def type(self) -> str:
        return TYPES[self.issued.terms.type]

    @property
    def url(self) -> str:
        return services().addresses.page(self.issued.id)

    @property
    def path(self) -> str:
        return reverse("issued_page", args=[self.issued.id])

    @property
    def issuer_url(self) -> str:
        return services().addresses.issuer(self.issued.org_id)

    @property
    def issuer_host(self) -> str:
        """The website of the issuer, as it is shown."""
        return urlsplit(self.credential.issuer_url).netloc

    @property
    def successor_url(self) -> str:
        successor = self.credential.successor
        return "" if successor is None else services().addresses.page(successor.id)

    @property
    def predecessor_url(self) -> str:
        predecessor = self.issued.supersedes
        return "" if predecessor is None else services().addresses.page(predecessor)

    @property
    def image_url(self) -> str:
        return static(static_image(self.issued.terms.type))

    @property
    def has_certificate(self) -> bool:
        """Whether strangers can open the certificate: it always names the holder."""
        return bool(self.credential.holder) and self.credential.verdict.has_certificate

    @property
    def linkedin_url(self) -> str:
        return linkedin_url(self.issued, page=self.url)

    @property
    def structured_data(self) -> str:
        return structured_data(self.issued, page=self.url, issuer=self.issuer_url)

    @property
    def checked_at(self) -> str:
        return in_words(self.credential.checked_at)

    @property
    def checked_at_iso(self) -> str:
        return self.credential.checked_at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def steps(self) -> Sequence[StepWords]:
        return [StepWords.of(step) for step in self.credential.verification.steps]

    @property
    def title(self) -> str:
        """The title of the page, also where its address is shared."""
        if not self.is_trusted:
            return "Credential that is not authentic"
        if self.is_void:
            return f"Revoked: {self.name}"
        return f"{self.name} · {self.credential.holder}" if self.credential.holder else self.name

    @property
    def description(self) -> str:
        """One sentence for search engines and previews."""
        if not self.is_trusted or self.is_void:
            return f"{self.verdict.title}."
        state = "Valid credential" if self.verdict.tone == "good" else self.verdict.title
        issued_on = date_format(self.issued.issued_at, "j F Y")
        return f"{state}, issued by {self.issuer} on {issued_on}."

    @property
    def verdict(self) -> VerdictWords:
        words = VERDICTS[self.credential.verdict]
        since = self.credential.since
        facts = {
            "issuer": self.issuer,
            "day": "" if since is None else date_format(since.astimezone(UTC), "j F Y"),
        }
        return replace(
            words, title=words.title.format(**facts), sentence=words.sentence.format(**facts)
        )


def in_words(time: datetime) -> str:
    return f"{date_format(time.astimezone(UTC), 'j F Y, H:i')} UTC"
