"""What an Open edX course says arrives with its meaning, or is named in the report."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Final

import pytest

from courses.definitions.olx.losses import Loss, lines_of
from courses.definitions.olx.markup import Element, parse
from courses.definitions.olx.reading import read_olx
from courses.domain.entities.courses import CourseDefinition
from courses.domain.errors import InvalidDefinition
from tests.support.olx import ROPES, put

VALUES: Final = (
    *(None, "true", "false", "1", "7", "changed", "other,1.00:changed", "[1, 9]", "('a','c')"),
    *("https://changed.example/x", "hemp", "0:changed"),
)
"""What an attribute is changed to: nothing, and values that some attribute understands."""

IMPLIED: Final = frozenset({"p", "sequential"})
"""What a single paragraph or unit is even without them."""

FILES: Final = [pytest.param("course.xml", marks=pytest.mark.nightly), "chapter/sea.xml"]

Change = Callable[[Element], "list[Element | str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(ROPES, tmp_path / "ropes")


def read(folder: Path) -> tuple[CourseDefinition | None, list[Loss]]:
    try:
        return read_olx(folder)
    except InvalidDefinition:
        return None, []


def written(element: Element, change: Change) -> str:
    """The XML of the element after the change, with each element on its line."""
    lines = [""]

    def write(part: Element | str) -> None:
        if isinstance(part, str):
            lines[-1] += escape(part, quote=False).replace("\n", " ")
            return
        while len(lines) < part.line:
            lines.append("")
        attributes = "".join(f' {name}="{escape(text)}"' for name, text in part.attributes.items())
        lines[-1] += f"<{part.tag}{attributes}>"
        for inner in part.content:
            for changed in change(inner) if isinstance(inner, Element) else [inner]:
                write(changed)
        lines[-1] += f"</{part.tag}>"

    for changed in change(element):
        write(changed)
    return "\n".join(lines)


Outcome = tuple[CourseDefinition | None, list[str]]


def after(folder: Path, file: str, root: Element, change: Change) -> Outcome:
    """The course and the report after the change."""
    put(folder, {file: written(root, change)})
    definition, losses = read(folder)
    return definition, [str(loss) for loss in losses]


def paths_in(element: Element) -> Iterator[tuple[Element, ...]]:
    """Each element with those that contain it, the outermost first."""
    yield (element,)
    for inner in element.children:
        for path in paths_in(inner):
            yield (element, *path)


def is_named(losses: list[Loss], path: tuple[Element, ...], attribute: str | None = None) -> bool:
    """Whether the report names the last element, or its attribute, or that an element around it is left out."""
    inner = path[-1]
    places = {(loss.file, loss.line, loss.element, loss.attribute) for loss in losses}
    if any((part.file, part.line, part.tag, "") in places for part in path):
        return True
    named = {name for *place, name in places if place == [inner.file, inner.line, inner.tag]}
    # The importer reads labels as paragraphs.
    named |= {name for *place, name in places if place == [inner.file, inner.line, "p"]}
    return attribute in named if attribute is not None else bool(named)


@pytest.mark.parametrize("file", FILES)
def test_an_attribute_has_an_effect_or_is_named(folder: Path, file: str) -> None:
    root = parse((folder / file).read_bytes(), file)
    before = after(folder, file, root, lambda part: [part])
    _, losses = read(folder)
    silent = []
    for path in paths_in(root):
        element = path[-1]
        for name in element.attributes:
            if is_named(losses, path, name):
                continue
            variants = (
                after(folder, file, root, with_attribute(element, name, text)) for text in VALUES
            )
            if all(outcome == before for outcome in variants):
                silent.append((element.line, element.tag, name))

    assert not silent, silent


@pytest.mark.parametrize("file", FILES)
def test_an_element_has_an_effect_or_is_named(folder: Path, file: str) -> None:
    root = parse((folder / file).read_bytes(), file)
    (before, _), (_, losses) = after(folder, file, root, lambda part: [part]), read(folder)
    silent = []
    for path in paths_in(root):
        element = path[-1]
        effects = [after(folder, file, root, without(element))[0] != before]
        if element.tag not in IMPLIED:
            effects.append(after(folder, file, root, unwrapped(element))[0] != before)
        if not all(effects) and element.tag != "textline" and not is_named(losses, path):
            silent.append((element.line, element.tag))

    assert not silent, silent


def without(element: Element) -> Change:
    return lambda part: [] if part is element else [part]


def unwrapped(element: Element) -> Change:
    """What is in the element, in its place."""
    return lambda part: part.content if part is element else [part]


def with_attribute(element: Element, name: str, text: str | None) -> Change:
    attributes = {key: value for key, value in element.attributes.items() if key != name}
    changed = attributes if text is None else attributes | {name: text}
    return lambda part: [replace(part, attributes=changed)] if part is element else [part]


def test_what_nobody_knows_is_named_wherever_it_is(folder: Path) -> None:
    root = parse((folder / "course.xml").read_bytes(), "course.xml")
    silent = []
    for path in paths_in(root):
        element = path[-1]
        strange = Element(tag="strange", attributes={}, file="course.xml", line=element.line)

        def add(
            part: Element, to: Element = element, inner: Element = strange
        ) -> list[Element | str]:
            if part is not to:
                return [part]
            attributes = part.attributes | {"unheard-of": "1"}
            return [replace(part, attributes=attributes, content=[inner, *part.content])]

        put(folder, {"course.xml": written(root, add)})
        losses = read_olx(folder)[1]
        if not is_named(losses, path, "unheard-of"):
            silent.append((element.line, element.tag, "unheard-of"))
        if not is_named(losses, (*path, strange)):
            silent.append((element.line, element.tag, "<strange>"))

    assert not silent, silent


def test_files_and_policies_that_have_no_effect_are_named(folder: Path) -> None:
    report = list(lines_of(read_olx(folder)[1]))

    for line in (
        "drafts/vertical/old.xml: the file is not read",
        "about/overview.html: the file is not read",
        "static: what is in it is left out: 1 file is not imported",
        "policies/run/grading_policy.json:1: GRADE_CUTOFFS is left out: a course is completed, not graded",
        "policies/run/policy.json:1: tabs of <course> is left out",
        "policies/run/policy.json:2: due of <chapter> is left out: only a <sequential> says when it is due",
        "policies/run/policy.json:2: vertical/nowhere is left out: there is no such element",
        "course.xml:1: display_name of <course> is left out: policies/run/policy.json replaces it",
    ):
        assert line in report


def test_a_policy_that_cannot_be_read_is_named(folder: Path) -> None:
    put(
        folder,
        {
            "policies/run/policy.json": '{"course/run": ',
            "policies/run/grading_policy.json": b"\xff",
        },
    )

    report = list(lines_of(read_olx(folder)[1]))

    assert sum("policy.json: the policy is left out" in line for line in report) == 2


def test_minor_losses_are_reported_once_for_each_kind() -> None:
    losses = [
        Loss(file=f"html/{number}.html", line=1, element="p", attribute="class", is_minor=True)
        for number in range(3)
    ]

    assert list(lines_of([*losses, Loss(file="a.xml", line=2, element="lti")])) == [
        "a.xml:2: <lti> cannot be mapped",
        "html/0.html:1: class of <p> is left out (and 2 more)",
    ]
