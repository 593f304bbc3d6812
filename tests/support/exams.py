"""A definition with every kind of assessment, and mutants of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

EXAMS: Final = """\
format: 1
slug: knots
title: Knots
modules:
  - key: loops
    title: Loops
    items:
      - key: quiz
        title: A quiz
        type: assessment
        required: true
        body: Close the book.
        assessment:
          type: quiz
          scoring: auto
          pass_percent: 70
          attempts: 3
          questions:
            - key: slips
              kind: mcq
              prompt: Which knot slips?
              max_score: 2
              choices:
                - key: bowline
                  text: The bowline
                  right: false
                - key: noose
                  text: The noose
                  right: true
            - key: king
              kind: short
              prompt: What is the king of knots?
              accepts:
                - bowline
                - the bowline
            - key: length
              kind: short
              prompt: How long must the end be?
              number: 40
              tolerance: 2.5
      - key: project
        title: A project
        type: assessment
        body: Tie something.
        assessment:
          type: project
          scoring: rubric
          questions:
            - key: picture
              kind: file
              prompt: Where is a picture of it?
              max_score: 5
              rubric:
                - key: holds
                  text: It holds.
                  max_score: 3
                - key: looks
                  text: It looks good.
                  max_score: 2
            - key: feedback
              kind: peer
              prompt: What would you do otherwise?
      - key: exam
        title: An exam
        type: assessment
        body: One hour.
        assessment:
          type: exam
          scoring: manual
          minutes: 60
          late: mark
          questions:
            - key: program
              kind: code
              prompt: Write a program that ties one.
"""
WITH_LEVELS: Final = EXAMS.replace(
    "                  max_score: 3\n",
    """\
                  max_score: 3
                  levels:
                    - score: 3
                      text: All of it holds.
                    - score: 1
                      text: Some of it holds.
                    - score: 0
                      text: Nothing holds.
""",
)
"""The same definition with levels for the first criterion of the project."""
WITH_DUE_DATE: Final = EXAMS.replace(
    "scoring: rubric\n", "scoring: rubric\n          due: 2020-01-02T04:04:05+01:00\n"
)
"""The same definition with a project that was due years ago."""
QUIZ_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "slips": {"choices": ["noose"]},
    "king": {"text": "bowline"},
    "length": {"text": "40"},
}
"""Right answers to the quiz as members of a JSON body, by question key."""
_MEMBER: Final = re.compile(r"( *)(- )?(\w+):(?: (.+))?")


@dataclass(frozen=True)
class Mutant:
    """The definition with one wrong line. The error with that line contains `says`."""

    text: str
    name: str
    line: int
    says: str


def mutants() -> Iterator[Mutant]:
    """Each member in turn: with invalid values, misspelled, and twice. Always the same mutants."""
    lines = EXAMS.splitlines()
    for at, text in enumerate(lines):
        match = _MEMBER.fullmatch(text)
        if match is None:
            continue
        indent, dash, name, value = match[1], match[2] or "", match[3], match[4]
        for wrong, says in (("[[5]]", "[[5]]"), ("{a: b}", "{'a': 'b'}"), ("", "None")):
            if value is not None:
                changed = f"{indent}{dash}{name}: {wrong}"
                expected = "1 was expected" if name == "format" else says
                yield _mutant(lines, at, changed, name=f"{name}-{wrong}", says=expected)
        misspelled = f"{indent}{dash}x{name}:{'' if value is None else f' {value}'}"
        yield _mutant(lines, at, misspelled, name=f"x{name}", says="there is no such member here")
        again = f"{indent}{' ' * len(dash)}{name}: 1"
        both = (text, again) if value is not None else (again, text)
        twice = [*lines[:at], *both, *lines[at + 1 :]]
        yield Mutant(
            "\n".join(twice), f"{at + 1}-{name}-twice", at + 2, "is already in this mapping"
        )


def _mutant(lines: list[str], at: int, changed: str, *, name: str, says: str) -> Mutant:
    text = "\n".join([*lines[:at], changed, *lines[at + 1 :]])
    return Mutant(text, f"{at + 1}-{name}", at + 1, says)
