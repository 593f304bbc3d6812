"""An award with every member, and the keys of its issuer."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from credentials.openbadges.documents import (
    Achievement,
    Alignment,
    Award,
    Criteria,
    Evidence,
    HashedIdentity,
    Profile,
    StatusEntry,
    Subject,
    credential_document,
)
from credentials.openbadges.keys import IssuerKey, KeyKind

SCHOOL_URL: Final = "https://badges.example/orgs/harbour"
SCHOOL_ID: Final = "did:web:badges.example:orgs:harbour"
LIST_URL: Final = "https://badges.example/status/1"
ISSUED: Final = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
ENDS: Final = datetime(2028, 3, 1, 12, 30, tzinfo=UTC)
NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)

SCHOOL: Final = Profile(
    id=SCHOOL_ID,
    name="Harbour Academy",
    url=SCHOOL_URL,
    description="Teaches knots.",
    email="office@badges.example",
    image_url="https://badges.example/logo.png",
    also_known_as=(SCHOOL_URL,),
)
KNOTS: Final = Achievement(
    id="https://badges.example/achievements/knots/3",
    name="Knots",
    description="Ties knots that hold, “even wet”.\n\tAnd unties them.",
    criteria=Criteria(narrative="Tied *every* knot.", url="https://badges.example/criteria"),
    type="Course",
    version="3",
    image_url="https://badges.example/badges/knots.png",
    image_caption="A bowline",
    tags=("knots", "ropes", 'Ümläut \\ "quoted"'),
    alignments=(
        Alignment(
            name="Ropework",
            url="https://frameworks.example/ropework",
            type="CFItem",
            code="R.1",
            framework="Seamanship",
            description="Handles ropes.",
        ),
        Alignment(name="Safety", url="https://frameworks.example/safety"),
    ),
    creator=SCHOOL,
)
AWARD: Final = Award(
    id="https://badges.example/credentials/7",
    issuer=SCHOOL,
    achievement=KNOTS,
    subject=Subject(
        id="urn:uuid:6f1d4f0e-6f0a-4b0e-9d6e-0a1b2c3d4e5f",
        identities=(HashedIdentity.of_email("Anna@example.org", salt="s3a-salt"),),
    ),
    valid_from=ISSUED,
    name="Knots, spring term",
    description="For Anna's work.",
    valid_until=ENDS,
    evidence=(
        Evidence(
            id="https://badges.example/events/1",
            name="Final exam",
            description="Passed with 93 points.",
            genre="attempt",
            narrative="Graded by Bo.",
            sha256="ab" * 32,
        ),
        Evidence(id="https://badges.example/events/2", name="Enrolment", sha256="cd" * 32),
    ),
    status=StatusEntry(list_url=LIST_URL, index=4711),
)

SMALLEST: Final = Award(
    id="urn:uuid:0b0f3a52-94ad-4b44-8d3a-1f9b3f0b1c2d",
    issuer=Profile(id="https://badges.example", name="School"),
    achievement=Achievement(
        id="https://badges.example/a", name="A", description="B", criteria=Criteria(narrative="C")
    ),
    subject=Subject(id="urn:uuid:6f1d4f0e-6f0a-4b0e-9d6e-0a1b2c3d4e5f"),
    valid_from=ISSUED,
)


def document() -> dict[str, Any]:
    return credential_document(AWARD)


@cache
def ed25519() -> IssuerKey:
    return IssuerKey.generated(KeyKind.ED25519, url=f"{SCHOOL_ID}#key-1", controller=SCHOOL_ID)


@cache
def rsa() -> IssuerKey:
    return IssuerKey.generated(KeyKind.RSA, url=f"{SCHOOL_URL}/keys/1", controller=SCHOOL_ID)
