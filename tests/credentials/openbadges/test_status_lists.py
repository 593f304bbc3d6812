"""Status lists, bit by bit."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from gzip import compress, decompress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.openbadges.canonical import canonical_form
from credentials.openbadges.errors import InvalidStatusList
from credentials.openbadges.status_lists import (
    LONGEST_LIST,
    SHORTEST_LIST,
    decoded,
    encoded,
    is_set,
    list_document,
)
from tests.credentials.openbadges.awards import ENDS, ISSUED, LIST_URL, SCHOOL_ID


def unpacked(text: str) -> bytes:
    return decompress(urlsafe_b64decode(text[1:] + "=="))


def packed(content: bytes) -> str:
    return "u" + urlsafe_b64encode(content).decode().rstrip("=")


def test_the_leftmost_bit_comes_first() -> None:
    bits = unpacked(encoded([0, 9, SHORTEST_LIST - 1]))

    assert len(bits) == SHORTEST_LIST // 8
    assert bits[:2] == b"\x80\x40"
    assert bits[-1] == 0x01
    assert sum(bits[2:-1]) == 0


def test_the_list_of_the_specification_is_empty() -> None:
    # Bitstring Status List 1.0, example 5
    text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

    assert decoded(text) == bytes(SHORTEST_LIST // 8) == decoded(encoded([]))


def test_the_same_indexes_give_the_same_text() -> None:
    assert encoded([5, 3]) == encoded([3, 5, 3])
    assert "=" not in encoded([3])


@given(st.sets(st.integers(0, SHORTEST_LIST - 1), max_size=50), st.integers(0, SHORTEST_LIST - 1))
def test_entries_are_read_as_they_were_set(indexes: set[int], other: int) -> None:
    bits = decoded(encoded(indexes))

    assert all(is_set(bits, index) for index in indexes)
    assert is_set(bits, other) == (other in indexes)


@pytest.mark.parametrize("length", [0, 8, SHORTEST_LIST - 8, SHORTEST_LIST + 1, LONGEST_LIST + 8])
def test_lists_of_impossible_length_are_refused(length: int) -> None:
    with pytest.raises(InvalidStatusList, match="entries"):
        encoded([], length)


@pytest.mark.parametrize("index", [-1, SHORTEST_LIST])
def test_entries_outside_the_list_are_refused(index: int) -> None:
    with pytest.raises(InvalidStatusList, match="no entry"):
        encoded([index])
    with pytest.raises(InvalidStatusList, match="no entry"):
        is_set(decoded(encoded([])), index)


def test_longer_lists_are_possible() -> None:
    assert is_set(decoded(encoded([LONGEST_LIST - 1], LONGEST_LIST)), LONGEST_LIST - 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "multibase"),
        ("z123", "multibase"),
        ("u", "ends too early"),
        ("u====", "not compressed"),
        ("uAAAA", "not compressed"),
    ],
)
def test_texts_that_are_no_list_are_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidStatusList, match=message):
        decoded(text)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (SHORTEST_LIST // 8 - 1, "fewer than"),
        (LONGEST_LIST // 8 + 1, "more than"),
        (50_000_000, "more than"),
    ],
)
def test_lists_of_too_few_or_too_many_bytes_are_refused(size: int, message: str) -> None:
    with pytest.raises(InvalidStatusList, match=message):
        decoded(packed(compress(bytes(size))))


def test_texts_longer_than_any_list_are_refused() -> None:
    with pytest.raises(InvalidStatusList, match="too long"):
        decoded("u" + "A" * LONGEST_LIST)


def test_lists_that_are_cut_off_or_continued_are_refused() -> None:
    whole = compress(bytes(SHORTEST_LIST // 8))

    for content in (whole[:-4], whole + b"x"):
        with pytest.raises(InvalidStatusList, match="too early or too late"):
            decoded(packed(content))


def test_the_credential_of_a_list_has_a_canonical_form() -> None:
    document = list_document(
        url=LIST_URL,
        issuer_id=SCHOOL_ID,
        purpose="revocation",
        encoded_list=encoded([7]),
        valid_from=ISSUED,
        valid_until=ENDS,
    )

    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert document["credentialSubject"]["id"] == f"{LIST_URL}#list"
    assert document["validUntil"] == "2028-03-01T12:30:00Z"
    assert document["credentialSubject"]["encodedList"] in canonical_form(document)
