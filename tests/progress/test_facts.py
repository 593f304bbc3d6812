"""Event types and the shapes of their facts."""

from typing import Any, Final
from uuid import uuid4

import pytest

from authsvc.kernel.errors import DomainError
from progress.domain.entities.events import EntityType, EventType, Fact
from progress.domain.errors import MalformedFact

IN_VERSION: Final = {"course_version": 3}
SUBMITTED: Final = {"assessment_id": "a", "assessment_version": 1, "sha256": "f"}
GRADED: Final = SUBMITTED | {"score": 7, "max_score": 10}
LOST_PASS: Final = {"item_id": "i", "reopens_item": True}
IN_PROGRESS: Final = {"assessment_id": "a", "assessment_version": 1, "expires_at": ""}
CREDENTIAL: Final = {"credential_id": "c", "credential_version": 2, "sha256": "f"}
WELL_FORMED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "enrolled": ("course", IN_VERSION),
    "module_started": ("module", {"item_id": "i"}),
    "item_completed": ("item", {"module_id": "m"}),
    "assessment_submitted": ("attempt", SUBMITTED),
    "assessment_passed": ("attempt", GRADED),
    "assessment_failed": ("attempt", GRADED),
    "course_completed": ("course", IN_VERSION),
    "credential_issued": ("credential", CREDENTIAL),
    "credential_revoked": ("credential", CREDENTIAL),
    "version_upgraded": ("course", {"from_version": 1, "course_version": 2}),
    "withdrawn": ("course", {}),
    "attempt_bound": ("attempt", SUBMITTED),
    "credential_bound": ("credential", CREDENTIAL),
    "assessment_voided": ("attempt", SUBMITTED | LOST_PASS),
    "assessment_regraded": ("attempt", GRADED | LOST_PASS),
    "assessment_reopened": ("attempt", IN_PROGRESS),
    "assessment_extended": ("attempt", IN_PROGRESS),
    "credential_suspended": ("credential", CREDENTIAL),
    "credential_resumed": ("credential", CREDENTIAL),
}
BINDING: Final = [type_ for type_, (_, payload) in WELL_FORMED.items() if "sha256" in payload]
BOUND_BEFORE: Final = [
    type_
    for type_ in BINDING
    if not type_.endswith(("_bound", "_voided", "_regraded", "_suspended", "_resumed"))
]
"""Types whose facts had no hash in the first release."""
MEMBERS: Final = [(type_, name) for type_, (_, payload) in WELL_FORMED.items() for name in payload]
NOT_A_NUMBER: Final = (True, 1.0, "1", None, [1])
NOT_A_TEXT: Final = (True, 1, None, uuid4(), ["a"])
NOT_A_BOOLEAN: Final = (1, 0, "true", None, [True])
OTHER_THAN: Final[dict[type, tuple[Any, ...]]] = {
    bool: NOT_A_BOOLEAN,
    int: NOT_A_NUMBER,
    str: NOT_A_TEXT,
}


def a_fact(type_: str, payload: dict[str, Any]) -> Fact:
    return Fact(type=EventType(type_), entity_id=uuid4(), payload=payload)


def test_the_list_of_types_is_closed() -> None:
    assert [type_.value for type_ in EventType] == list(WELL_FORMED)


def test_an_unknown_type_is_rejected() -> None:
    with pytest.raises(ValueError, match="diploma_forged"):
        EventType("diploma_forged")


@pytest.mark.parametrize("type_", WELL_FORMED)
def test_a_fact_in_the_shape_of_its_type_is_accepted(type_: str) -> None:
    about, payload = WELL_FORMED[type_]

    fact = a_fact(type_, payload)

    assert fact.payload == payload
    assert fact.about is EntityType(about)


@pytest.mark.parametrize(("type_", "name"), MEMBERS)
def test_a_fact_without_a_member_is_refused(type_: str, name: str) -> None:
    _, payload = WELL_FORMED[type_]
    rest = {other: value for other, value in payload.items() if other != name}

    with pytest.raises(MalformedFact):
        a_fact(type_, rest).require_current_shape()


@pytest.mark.parametrize("type_", BOUND_BEFORE)
def test_a_fact_from_before_hashes_is_read_but_not_recorded(type_: str) -> None:
    _, payload = WELL_FORMED[type_]

    fact = a_fact(type_, {name: value for name, value in payload.items() if name != "sha256"})

    assert fact.binding is None
    with pytest.raises(MalformedFact):
        fact.require_current_shape()


@pytest.mark.parametrize("type_", ["attempt_bound", "credential_bound"])
def test_a_fact_that_binds_a_row_again_always_has_its_hash(type_: str) -> None:
    with pytest.raises(MalformedFact):
        a_fact(type_, {"credential_id": "c", "credential_version": 2})


@pytest.mark.parametrize("type_", BINDING)
def test_a_fact_binds_a_row_by_its_hash(type_: str) -> None:
    fact = a_fact(type_, WELL_FORMED[type_][1])

    fact.require_current_shape()
    assert fact.binding == "f"


@pytest.mark.parametrize("type_", WELL_FORMED)
def test_a_fact_with_a_member_too_many_is_refused(type_: str) -> None:
    _, payload = WELL_FORMED[type_]

    with pytest.raises(MalformedFact):
        a_fact(type_, payload | {"note": "well done"})


@pytest.mark.parametrize("place", range(len(NOT_A_TEXT)))
@pytest.mark.parametrize(("type_", "name"), MEMBERS)
def test_a_member_of_another_kind_is_refused(type_: str, name: str, place: int) -> None:
    _, payload = WELL_FORMED[type_]
    wrong = OTHER_THAN[type(payload[name])][place]

    with pytest.raises(MalformedFact):
        a_fact(type_, payload | {name: wrong})


def test_a_malformed_fact_is_a_defect_and_no_answer_to_anybody() -> None:
    assert not issubclass(MalformedFact, DomainError)


def test_a_malformed_fact_names_its_type_what_was_due_and_what_came() -> None:
    with pytest.raises(MalformedFact) as error:
        a_fact("withdrawn", {"reason": "bored"})

    assert error.value.args == ("withdrawn", [], ["reason"])
    assert "withdrawn" in str(error.value)


@pytest.mark.parametrize("payload", [None, [], "text", 5])
def test_a_fact_whose_payload_is_not_a_mapping_is_refused(payload: Any) -> None:
    with pytest.raises(MalformedFact):
        a_fact("withdrawn", payload)
