"""Canonical forms are those of pyld, and no member is left out of them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from authsvc.kernel.caches import BoundedCache
from credentials.openbadges import canonical
from credentials.openbadges.canonical import canonical_form, load_context
from credentials.openbadges.contexts import CONTEXTS, CREDENTIALS
from credentials.openbadges.documents import credential_document
from credentials.openbadges.errors import InvalidDocument
from tests.credentials.openbadges.awards import SCHOOL_ID, SMALLEST, document
from tests.support.profiles import examples

PLACES = {
    "credential": (),
    "issuer": ("issuer",),
    "subject": ("credentialSubject",),
    "achievement": ("credentialSubject", "achievement"),
    "criteria": ("credentialSubject", "achievement", "criteria"),
    "alignment": ("credentialSubject", "achievement", "alignment", 0),
    "evidence": ("evidence", 1),
    "status": ("credentialStatus",),
    "identity": ("credentialSubject", "identifier", 0),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def by_pyld(value: Mapping[str, Any]) -> str:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load_context,
    }
    return str(jsonld.normalize(value, options))


def at(path: tuple[str | int, ...], value: Any) -> Any:
    for step in path:
        value = value[step]
    return value


def test_the_canonical_form_is_that_of_pyld() -> None:
    assert canonical_form(document()) == by_pyld(document())


@examples(20)
@given(TEXTS, TEXTS, st.lists(TEXTS, min_size=1, max_size=4), st.integers(0, 10**6))
def test_a_second_document_of_the_same_shape_is_as_exact(
    name: str, narrative: str, tags: list[str], number: int
) -> None:
    credential = document()
    credential["id"] = f"https://badges.example/credentials/{number}"
    credential["name"] = name
    credential["credentialSubject"]["achievement"]["criteria"]["narrative"] = narrative
    credential["credentialSubject"]["achievement"]["tag"] = tags

    assert canonical_form(credential) == by_pyld(credential)


def test_equal_texts_in_different_places_are_one_node() -> None:
    credential = document()
    credential["evidence"] = [{"id": SCHOOL_ID, "type": ["Evidence"]}] * 2
    credential["credentialSubject"]["id"] = credential["id"]
    credential["credentialSubject"]["achievement"]["tag"] = ["a", "a"]

    canonical_form({**credential, "id": "https://badges.example/1"})

    assert canonical_form(credential) == by_pyld(credential)


def test_nested_credentials_are_graphs_of_their_own() -> None:
    presentation = {
        "@context": [CREDENTIALS],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [document(), credential_document(SMALLEST)],
    }

    assert canonical_form(presentation) == by_pyld(presentation)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", ["text", "https://x.example", 7, True, ["a"], {"name": "n"}])
def test_an_undefined_term_is_refused_everywhere(place: str, value: Any) -> None:
    credential = document()
    at(PLACES[place], credential)["undefinedTerm"] = value

    with pytest.raises(InvalidDocument, match="undefinedTerm"):
        canonical_form(credential)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", [None, [], {}, [None], ["a", []]])
def test_nothing_that_a_signature_would_leave_out_is_accepted(place: str, value: Any) -> None:
    credential = document()
    at(PLACES[place], credential)["name"] = value

    with pytest.raises(InvalidDocument, match="no signature covers"):
        canonical_form(credential)


@pytest.mark.parametrize("keyword", ["@id", "@type", "@value", "@graph", "@nest", "@included"])
@pytest.mark.parametrize("place", PLACES)
def test_keywords_of_json_ld_are_refused(place: str, keyword: str) -> None:
    credential = document()
    at(PLACES[place], credential)[keyword] = "https://x.example"

    with pytest.raises(InvalidDocument, match=keyword):
        canonical_form(credential)


@pytest.mark.parametrize(
    "url",
    [
        "relative",
        "/absolute/path",
        "_:blank",
        "",
        "https://x.example/a b",
        "https://x.example/> <https://y.example/",
        'https://x.example/"',
        "javascript:alert(1)",
        "https://x.example/\ud800",
        "urn:\n",
    ],
)
def test_an_id_that_is_no_absolute_url_is_refused(url: str) -> None:
    credential = document()
    canonical_form(credential)  # the shape is known
    credential["evidence"][0]["id"] = url

    with pytest.raises(InvalidDocument):
        canonical_form(credential)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", ["VerifiableCredential", "Unknown"]),
        ("type", ["VerifiableCredential", 7]),
        ("type", []),
        ("type", "urn:mark:1"),
        ("@context", [CREDENTIALS, "https://evil.example/context"]),
        ("@context", [CREDENTIALS, {"name": "https://schema.org/description"}]),
        ("@context", {"name": "https://schema.org/description"}),
        ("@context", []),
        ("name", "\ud800"),
        ("name", "\x00"),
        ("name", "x" * (canonical.LONGEST_TEXT + 1)),
        ("evidence", [{"type": ["Evidence"], "name": "x"}] * (canonical.LONGEST_ARRAY + 1)),
        ("evidence", [{"type": ["Evidence"], "name": ["x"] * 150}] * 150),
        ("type", ["VerifiableCredential"] * 100),
    ],
)
def test_unknown_types_contexts_and_characters_are_refused(member: str, value: Any) -> None:
    with pytest.raises(InvalidDocument):
        canonical_form({**document(), member: value})


def test_the_cause_of_an_error_is_named() -> None:
    credential = document() | {"@context": [CREDENTIALS, "https://evil.example/context"]}

    with pytest.raises(InvalidDocument) as raised:
        canonical_form(credential)

    assert str(raised.value) == (
        "The document is invalid JSON-LD: The context https://evil.example/context is unknown."
    )


def test_json_literals_are_refused() -> None:
    schema = {"id": "urn:x:1", "type": "JsonSchema", "jsonSchema": {"title": "x"}}

    with pytest.raises(InvalidDocument, match="no signature would cover"):
        canonical_form({"@context": [CREDENTIALS], **schema})


def test_a_member_whose_text_is_converted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    url, double = "https://x.example/context", "http://www.w3.org/2001/XMLSchema#double"
    terms = {"@context": {"size": {"@id": "https://x.example/size", "@type": double}}}
    monkeypatch.setattr(canonical, "CONTEXTS", {**CONTEXTS, url: terms})

    with pytest.raises(InvalidDocument, match="depends on its value"):
        canonical_form({"@context": [CREDENTIALS, url], "id": "urn:x:1", "size": "3"})


def test_deep_documents_are_refused() -> None:
    credential = document()
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]

    with pytest.raises(InvalidDocument, match="nested"):
        canonical_form({**credential, "name": deep})


def test_blank_nodes_that_are_expensive_to_tell_apart_are_refused() -> None:
    alike = [{"type": ["Alignment"], "targetName": "x", "targetUrl": "https://x.example"}] * 12
    credential = document()
    results = [{"type": ["Result"], "value": "1", "alignment": alike}] * 8
    credential["credentialSubject"]["result"] = results

    with pytest.raises(InvalidDocument, match="too often"):
        canonical_form(credential)


def test_lists_that_are_expensive_to_tell_apart_are_refused() -> None:
    credential = document()
    credential["credentialSubject"]["achievement"]["resultDescription"] = [
        {
            "id": f"https://badges.example/results/{number}",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "Percent",
            "allowedValue": [str(value) for value in range(150)],
        }
        for number in range(12)
    ]

    with pytest.raises(InvalidDocument, match="too often"):
        canonical_form(credential)


def test_a_list_keeps_its_order() -> None:
    credential = document()
    description = {"id": "urn:x:1", "type": ["ResultDescription"], "name": "Grade"}
    values = [
        {**description, "resultType": "Percent", "allowedValue": list(order)}
        for order in ("ABC", "ACB")
    ]

    forms = []
    for value in values:
        credential["credentialSubject"]["achievement"]["resultDescription"] = [value]
        forms.append(canonical_form(credential))
        assert forms[-1] == by_pyld(credential)

    assert forms[0] != forms[1]


def test_a_few_equal_blank_nodes_are_told_apart() -> None:
    credential = document()
    evidence = {"type": ["Evidence"], "narrative": "The same."}
    credential["evidence"] = [deepcopy(evidence) for _ in range(3)]

    assert canonical_form(credential) == by_pyld(credential)


def test_the_memory_of_shapes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_TEMPLATE", 6)
    templates = BoundedCache[Any, Any](2)
    monkeypatch.setattr(canonical, "_TEMPLATES", templates)
    counts = []

    for number in range(1, 9):
        names = [f"name {index}" for index in range(number)]
        value = {"@context": [CREDENTIALS], "id": "urn:x:1", "name": names}
        assert canonical_form(value) == by_pyld(value)
        counts.append(len(templates))

    assert counts == [1, 2, 1, 2, 1, 2, 2, 2]


def test_threads_get_the_same_form() -> None:
    def documents() -> Iterator[dict[str, Any]]:
        for number in range(40):
            credential = document()
            credential["evidence"] = credential["evidence"][:1] * (1 + number % 3)
            yield credential

    with ThreadPoolExecutor(4) as threads:
        forms = list(threads.map(canonical_form, documents()))

    assert set(forms) == {by_pyld(next(documents()))}
