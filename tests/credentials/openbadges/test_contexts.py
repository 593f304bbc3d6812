"""Contexts and the schema ship with the application, and nothing is fetched."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from pyld.jsonld import JsonLdError

from credentials.openbadges.canonical import load_context
from credentials.openbadges.contexts import CONTEXTS, CREDENTIALS
from credentials.openbadges.errors import InvalidDocument
from credentials.openbadges.schemas import ACHIEVEMENT_CREDENTIAL, check_schema
from tests.credentials.openbadges.awards import document


def values_of(name: str, value: Any) -> Iterator[Any]:
    """The values of all members of this name."""
    if isinstance(value, dict):
        for member, inner in value.items():
            if member == name:
                yield inner
            yield from values_of(name, inner)


def test_a_known_context_is_loaded_from_the_package() -> None:
    assert load_context(CREDENTIALS)["document"]["@context"]["@protected"] is True


@pytest.mark.parametrize(
    "url", ["https://evil.example/context", "file:///etc/passwd", f"{CREDENTIALS}/", ""]
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(JsonLdError, match="is unknown"):
        load_context(url)


def test_the_contexts_map_no_names_of_members_away() -> None:
    # Index and language maps lose their keys in RDF, or give them a meaning: shapes would not be enough.
    containers = {
        str(container)
        for context in CONTEXTS.values()
        for container in values_of("@container", context)
    }

    assert containers == {"@set", "@list", "@graph"}


def test_no_term_of_the_contexts_is_the_scheme_of_a_url() -> None:
    terms = {
        name
        for context in CONTEXTS.values()
        for scope in [context, *values_of("@context", context)]
        if isinstance(scope, dict)
        for name in scope.get("@context", scope)
    }

    assert {"Achievement", "id"} <= terms
    assert not terms & {"http", "https", "did", "urn", "mailto", "tel", "data"}


def test_every_file_is_listed_with_its_licence() -> None:
    data = files("credentials.openbadges").joinpath("data")
    readme = data.joinpath("README.md").read_text()
    names = {
        f"{folder}/{file.name}"
        for folder in ("contexts", "schemas")
        for file in data.joinpath(folder).iterdir()
    }

    assert set(re.findall(r"`((?:contexts|schemas)/[^`]+\.json)`", readme)) == names
    assert ACHIEVEMENT_CREDENTIAL in readme


def test_the_schema_accepts_what_we_issue() -> None:
    check_schema(document())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSubject", "achievement"), None),
        (("credentialSubject", "achievement", "criteria"), None),
        (("credentialSubject", "achievement", "description"), None),
        (("credentialSubject", "achievement", "type"), None),
        (("credentialSubject", "achievement", "image"), "https://badges.example/knots.png"),
        (("id",), None),
        (("validFrom",), None),
        (("validFrom",), "yesterday"),
        (("type",), ["VerifiableCredential"]),
        (("issuer", "id"), None),
        (("credentialStatus", "id"), None),
        (("credentialSchema",), {"id": "https://x.example", "type": "Y"}),
    ],
)
def test_the_schema_refuses_what_lacks_a_member(path: tuple[str, ...], value: Any) -> None:
    credential = document()
    *folders, name = path
    holder = credential
    for folder in folders:
        holder = holder[folder]
    if value is None:
        del holder[name]
    else:
        holder[name] = value

    with pytest.raises(InvalidDocument, match="violates its schema"):
        check_schema(credential)


@pytest.mark.parametrize("member", ["@context", "name", "issuer"])
def test_half_of_a_character_suits_no_schema(member: str) -> None:
    with pytest.raises(InvalidDocument, match=r"half of a character|violates its schema"):
        check_schema(document() | {member: {"id": "\ud800"}})
    with pytest.raises(InvalidDocument, match="half of a character"):
        check_schema(document() | {"@context": "\ud800"})
