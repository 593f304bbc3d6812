"""UUID parsing."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authsvc.kernel.ids import parse_uuid


@given(st.uuids())
def test_an_id_is_parsed_in_its_canonical_form(identity: UUID) -> None:
    assert parse_uuid(str(identity)) == identity
    assert parse_uuid(str(identity).upper()) == identity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "intro-to-claude",
        "0a1b2c3d",
        "0A1B2C3D00004000800000000000CAFE",
        "0a1b2c3d00004000800000000000cafe",
        "{0a1b2c3d-0000-4000-8000-00000000cafe}",
        "urn:uuid:0a1b2c3d-0000-4000-8000-00000000cafe",
        " 0a1b2c3d-0000-4000-8000-00000000cafe",
        "0a1b2c3d-0000-4000-8000-00000000caf٣",
    ],
)
def test_any_other_form_is_no_id(text: str) -> None:
    assert parse_uuid(text) is None


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    identity = parse_uuid(text)

    assert identity is None or str(identity) == text.lower()
