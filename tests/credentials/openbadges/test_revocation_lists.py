"""Revocation lists, as they are written and as others write them."""

from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.openbadges.errors import InvalidStatusList
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.revocation_lists import (
    STATUS_TYPE,
    RevokedEntry,
    is_revoked_in,
    list_document,
)
from credentials.openbadges.verification import Outcome, StepName, verify
from tests.credentials.openbadges.awards import (
    AWARD,
    ISSUED,
    LIST_URL,
    NOW,
    SCHOOL_ID,
    document,
    ed25519,
)
from tests.credentials.openbadges.issuers import Published

URL: Final = "https://badges.example/revocations"
ISSUER: Final = "https://badges.example"
FIRST: Final = "https://badges.example/credentials/1"
SECOND: Final = "urn:uuid:6f1d4f0e-6f0a-4b0e-9d6e-0a1b2c3d4e5f"
REVOKED: Final = [RevokedEntry(id=FIRST, reason="Issued in error"), RevokedEntry(id=SECOND)]
LIST: Final = list_document(url=URL, issuer_id=ISSUER, revoked=REVOKED)


def is_revoked(credential_id: str, **members: Any) -> bool:
    """Whether the list with these members says so."""
    return is_revoked_in(
        json_text(LIST | members), url=URL, issuer_id=ISSUER, credential_id=credential_id
    )


def test_a_list_names_what_is_revoked_and_why_if_that_is_public() -> None:
    assert LIST == {
        "id": URL,
        "issuer": ISSUER,
        "revokedCredential": [
            {"id": FIRST, "revoked": True, "revocationReason": "Issued in error"},
            {"id": SECOND, "revoked": True},
        ],
    }
    assert is_revoked(FIRST)
    assert is_revoked(SECOND)
    assert not is_revoked(f"{FIRST}0")


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([{"id": FIRST}], True),
        ({"id": FIRST}, True),
        ([{"id": FIRST, "revoked": False}], False),
        ([{"id": FIRST, "revoked": False}, {"id": FIRST, "revoked": True}], True),
        ([7, {"id": FIRST}], True),
        ([], False),
    ],
)
def test_entries_of_other_issuers_are_read(listed: Any, *, expected: bool) -> None:
    assert is_revoked(FIRST, revokedCredential=listed) is expected


def test_the_issuer_may_be_an_object_and_a_list_may_be_without_entries() -> None:
    content = json_text({"id": URL, "issuer": {"id": ISSUER, "type": "Profile"}})

    assert not is_revoked_in(content, url=URL, issuer_id=ISSUER, credential_id=FIRST)


@pytest.mark.parametrize(
    "members",
    [
        {"id": f"{URL}/2"},
        {"issuer": "https://evil.example"},
        {"issuer": {"id": ["https://badges.example"]}},
        {"revokedCredential": None},
        {"revokedCredential": [FIRST]},
        {"revokedCredential": [{"id": [FIRST]}]},
        {"revokedCredential": [{"id": FIRST, "revoked": "true"}]},
    ],
)
def test_a_list_that_is_not_the_issuers_or_malformed_says_nothing(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatusList):
        is_revoked(FIRST, **members)


@pytest.mark.parametrize(
    ("credential_id", "issuer_id", "outcome"),
    [
        (AWARD.id, SCHOOL_ID, Outcome.FAILED),
        (f"{AWARD.id}1", SCHOOL_ID, Outcome.PASSED),
        (AWARD.id, "did:web:evil.example", Outcome.UNRESOLVED),
    ],
)
def test_a_revocation_list_of_the_issuer_says_whether_the_credential_is_revoked(
    credential_id: str, issuer_id: str, outcome: Outcome
) -> None:
    revoked = [RevokedEntry(id=credential_id)]
    content = json_text(list_document(url=LIST_URL, issuer_id=issuer_id, revoked=revoked))
    status = {"credentialStatus": {"id": LIST_URL, "type": STATUS_TYPE}}
    credential = json_text(with_proof(document() | status, ed25519(), ISSUED))

    verification = verify(credential, Published(lists={LIST_URL: content}), NOW)

    outcomes = {step.name: step.outcome for step in verification.steps}
    assert outcomes[StepName.STATUS] is outcome


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.just(FIRST),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "revoked"]), inner, max_size=2)
        ),
        max_leaves=6,
    ).map(lambda listed: json_text(LIST | {"revokedCredential": listed}).encode())
)
def test_any_list_is_read_or_refused(content: bytes) -> None:
    with suppress(InvalidStatusList):
        is_revoked_in(content, url=URL, issuer_id=ISSUER, credential_id=FIRST)
