"""Forms of items and the format of definitions: what one can say, the other can."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from courses.admin.item_forms import (
    NAMES_IN_DEFINITIONS,
    AssessmentForm,
    ChoiceForm,
    CriterionForm,
    ItemForm,
    LevelForm,
    PartForm,
    ShortQuestionForm,
)
from courses.definitions.courses import SCHEMA

FORMS: Final[Mapping[str, type[PartForm]]] = {
    "item": ItemForm,
    "assessment": AssessmentForm,
    "question": ShortQuestionForm,
    "choice": ChoiceForm,
    "criterion": CriterionForm,
    "level": LevelForm,
}
# Parts have forms of their own, and the kind and the key of an item are given when it is added.
APART: Final = {"item": {"key", "type", "assessment"}, "assessment": {"questions"}}
PARTS: Final = {"choices", "rubric", "levels"}
ONLY_IN_FORMS: Final = {"item": {"module"}}


@pytest.mark.parametrize("part", FORMS)
def test_a_form_has_the_members_of_the_format(part: str) -> None:
    members: dict[str, Any] = SCHEMA["$defs"][part]["properties"]
    expected = members.keys() - APART.get(part, set()) - PARTS

    fields = set(FORMS[part].base_fields) - ONLY_IN_FORMS.get(part, set())

    assert fields == {NAMES_IN_DEFINITIONS.get(name, name) for name in expected}
