"""The document of a credential."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from credentials.openbadges.canonical import canonical_form
from credentials.openbadges.documents import Award, HashedIdentity, credential_document
from credentials.openbadges.schemas import check_schema
from tests.credentials.openbadges.awards import AWARD, KNOTS, SCHOOL, SMALLEST, document


def values_in(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from values_in(item)


@pytest.mark.parametrize("award", [AWARD, SMALLEST])
def test_documents_suit_the_schema_and_the_contexts(award: Award) -> None:
    credential = credential_document(award)

    check_schema(credential)
    canonical_form(credential)
    assert not [value for value in values_in(credential) if value in (None, "", [], {})]


def test_the_smallest_document_has_the_required_members_alone() -> None:
    assert credential_document(SMALLEST).keys() == {
        "@context",
        "id",
        "type",
        "name",
        "issuer",
        "validFrom",
        "credentialSubject",
        "credentialSchema",
    }


def test_times_are_in_utc() -> None:
    assert document()["validFrom"] == "2026-03-01T12:30:00Z"
    assert document()["validUntil"] == "2028-03-01T12:30:00Z"


def test_the_subject_has_a_salted_hash_of_their_address_and_no_address() -> None:
    (identity,) = document()["credentialSubject"]["identifier"]

    assert identity["identityHash"] == (
        "sha256$a632362ab6d6ec06aeec7f6c4ee7a0be6fac7e5b7a37c9e899cb2b60744194c8"
    )
    assert identity["hashed"] is True
    assert "anna" not in str(credential_document(replace(AWARD, description=""))).lower()


def test_an_identity_matches_its_address_in_any_case() -> None:
    identity = HashedIdentity.of_email("Anna@Example.org", salt="x")

    assert identity.matches(" anna@example.ORG ")
    assert not identity.matches("bo@example.org")
    assert not replace(identity, type="name").matches("anna@example.org")
    assert HashedIdentity.of_email("anna@example.org", salt="y").hash != identity.hash


def test_an_issuer_who_created_the_achievement_is_described_once() -> None:
    achievement = document()["credentialSubject"]["achievement"]
    other = replace(KNOTS, creator=replace(SCHOOL, id="https://other.example", name="Other"))

    assert achievement["creator"] == {"id": SCHOOL.id, "type": ["Profile"]}
    credential = credential_document(replace(AWARD, achievement=other))
    assert credential["credentialSubject"]["achievement"]["creator"]["name"] == "Other"


def test_tags_occur_once() -> None:
    award = replace(AWARD, achievement=replace(KNOTS, tags=("a", "b", "a")))

    assert credential_document(award)["credentialSubject"]["achievement"]["tag"] == ["a", "b"]
