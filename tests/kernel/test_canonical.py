"""Canonical JSON."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access import Role
from authsvc.kernel.canonical import canonical_json, checksum

ID = UUID("0A1B2C3D-0000-4000-8000-00000000CAFE")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_IN_TOKYO = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"outer": {"b": 1, "a": 2}}, '{"outer":{"a":2,"b":1}}'),
        ([1, True, None, "two"], '[1,true,null,"two"]'),
        ((1, 2), "[1,2]"),
        ("Ærø, “naïve”", '"Ærø, “naïve”"'),
        ('a "b" \\ \n', '"a \\"b\\" \\\\ \\n"'),
        (ID, '"0a1b2c3d-0000-4000-8000-00000000cafe"'),
        (NOON, '"2026-03-01T12:00:00.000000+00:00"'),
        (NOON_IN_TOKYO, '"2026-03-01T12:00:00.000000+00:00"'),
        (NOON + timedelta(microseconds=5), '"2026-03-01T12:00:00.000005+00:00"'),
        (Role.ADMIN, '"admin"'),
    ],
)
def test_a_value_has_one_canonical_form(value: object, form: str) -> None:
    assert canonical_json(value) == form.encode()


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", Decimal(1), timedelta(1)])
def test_a_type_that_json_lacks_has_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError, match=f"^{type(value).__name__} has no canonical form$"):
        canonical_json({"value": [value]})


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_number_that_json_lacks_has_no_canonical_form(number: str) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"value": float(number)})


def test_a_checksum_is_the_sha_256_of_the_canonical_form() -> None:
    assert checksum({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(value=st.dictionaries(st.text(), st.integers() | st.text() | st.booleans()), data=st.data())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(value.items()))))

    assert checksum(shuffled) == checksum(value)


@given(first=st.dictionaries(st.text(), st.text()), second=st.dictionaries(st.text(), st.text()))
def test_checksums_are_equal_when_values_are(first: dict[str, str], second: dict[str, str]) -> None:
    assert (checksum(first) == checksum(second)) is (first == second)
