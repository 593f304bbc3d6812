"""Domain errors."""

import pytest

from authsvc.kernel.errors import Conflict, FieldError, Invalid


class KnotTaken(Conflict):
    code = "knot-taken"
    title = "The knot has a name"
    explanation = "Somebody calls it {name} already."


class KnotUntidy(Invalid):
    code = "knot-untidy"
    title = "The knot is untidy"
    explanation = "Dress it, then try again."


def test_the_detail_of_an_error_contains_its_facts() -> None:
    error = KnotTaken(name="bowline", turns=2)

    assert error.detail == "Somebody calls it bowline already."
    assert error.facts == {"name": "bowline", "turns": 2}
    assert str(error) == error.detail


def test_a_fact_that_the_explanation_names_is_required() -> None:
    with pytest.raises(KeyError, match="name"):
        KnotTaken()


def test_an_invalid_request_names_the_members_that_are_wrong() -> None:
    loose = FieldError(path="ends/0", detail="This end is loose.")
    long = FieldError(path="ends/1", detail="This end is long.")

    error = KnotUntidy(loose, long, turns=2)

    assert error.field_errors == (loose, long)
    assert error.facts == {"turns": 2}


def test_a_request_may_be_invalid_as_a_whole() -> None:
    assert KnotUntidy().field_errors == ()
