"""Domain errors: what each of them carries."""

import pytest

from authsvc.kernel.errors import Complaint, Conflict, Invalid


class KnotTaken(Conflict):
    code = "knot-taken"
    title = "The knot has a name"
    explanation = "Somebody calls it {name} already."


class KnotUntidy(Invalid):
    code = "knot-untidy"
    title = "The knot is untidy"
    explanation = "Dress it, then try again."


def test_a_refusal_explains_itself_with_its_facts() -> None:
    refusal = KnotTaken(name="bowline", turns=2)

    assert refusal.detail == "Somebody calls it bowline already."
    assert refusal.facts == {"name": "bowline", "turns": 2}
    assert str(refusal) == refusal.detail


def test_a_refusal_cannot_leave_out_a_fact_that_it_names() -> None:
    with pytest.raises(KeyError, match="name"):
        KnotTaken()


def test_a_senseless_request_is_told_what_is_wrong_with_which_member() -> None:
    loose = Complaint(path="ends/0", detail="This end is loose.")
    long = Complaint(path="ends/1", detail="This end is long.")

    refusal = KnotUntidy(loose, long, turns=2)

    assert refusal.complaints == (loose, long)
    assert refusal.facts == {"turns": 2}


def test_a_senseless_request_may_be_senseless_as_a_whole() -> None:
    assert KnotUntidy().complaints == ()
