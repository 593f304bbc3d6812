"""The model without a provider: guidance, and scripts."""

from progress.domain.ai.offline_model import OfflineModel
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    Role,
    Turn,
)

ITEM = """# Bends

A bend joins two ropes.

## The sheet bend

It joins ropes of different thickness.

## The carrick bend

It is for heavy hawsers.
"""


def a_question(message: str, *, system: str = ITEM) -> ModelRequest:
    turn = Turn(role=Role.USER, text=message)
    return ModelRequest(system=system, turns=(turn,), most_output_tokens=100)


def answer_to(message: str, *, system: str = ITEM) -> str:
    parts = OfflineModel().answer(a_question(message, system=system))
    return "".join(part for part in parts if isinstance(part, str))


def test_an_answer_has_a_beginning_and_an_end_with_its_tokens() -> None:
    started, *pieces, finished = OfflineModel().answer(a_question("Which bend?"))

    assert isinstance(started, AnswerStarted)
    assert isinstance(finished, AnswerFinished)
    assert started.usage.input_tokens == finished.usage.input_tokens > 0
    assert finished.usage.output_tokens > 0
    assert finished.reason is FinishReason.STOP
    assert len(pieces) > 10


def test_the_same_question_has_the_same_answer() -> None:
    assert answer_to("Which bend?") == answer_to("Which bend?")


def test_it_points_to_the_heading_that_matches() -> None:
    assert "“The carrick bend”" in answer_to("When is a carrick better?")
    assert "“The sheet bend”" in answer_to("Ropes of different thickness?")
    assert "“Bends”" in answer_to("Help!")


def test_it_asks_what_was_tried_until_that_is_said() -> None:
    assert "What have you tried" in answer_to("Which bend is it?")
    assert "least sure" in answer_to("I tried a reef knot and it slipped.")


def test_it_gives_no_text_of_the_item_away() -> None:
    assert "different thickness" not in answer_to("Which ropes does the sheet bend join?")


def test_a_text_without_headings_is_pointed_to_as_a_whole() -> None:
    assert "The item's text is about this." in answer_to("Which bend?", system="No headings.")


def test_a_script_replaces_the_answer() -> None:
    pauses: list[None] = []
    model = OfflineModel(
        reply=lambda request: request.turns[-1].text, pause=lambda: pauses.append(None)
    )

    _, *pieces, _ = model.answer(a_question("say  it\nagain"))

    assert pieces == ["say  ", "it\n", "again"]
    assert len(pauses) == 3
