"""Work in proportion to the input: what is expensive to read is refused before the work is done."""

import io
import random
import tarfile
from bisect import bisect_left
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from authsvc.kernel.proportion import MOST_VALUES
from courses.definitions.acceptance import UnknownKeyword, acceptor_of
from courses.definitions.courses import (
    SCHEMA,
    definition_of,
    read_definition,
    write_definition,
)
from courses.definitions.formats import MOST_ERRORS, Format
from courses.definitions.olx.files import FolderFiles, files_of
from courses.definitions.olx.folder import Folder
from courses.definitions.olx.markup import MOST_PARTS, MOST_TAGS, Effort, TooMuch, parse
from courses.definitions.olx.names import Keys
from courses.definitions.olx.reading import read_olx
from courses.definitions.pathways import PATHWAY_SCHEMA, pathway_of
from courses.domain.entities.courses import CourseDefinition
from courses.domain.errors import InvalidDefinition, InvalidPathwayDefinition
from tests.support import worst_inputs
from tests.support.profiles import PROFILE, TIMES_AS_MANY

SIZE: Final = 400_000
FEW: Final = MOST_VALUES // 10
MANY: Final = "has more than {:,} values"
GROWS_FASTER: Final = {"same text again", "same chapter again"}
"""Courses whose work grows with the square of their size. That it is bounded, the test of the bounds shows."""
REFUSED_IF_LARGER: Final = {
    "angle brackets",
    "much text",
    "nested quotations",
    "special characters",
}
"""Courses that 20,000 bytes do not make large enough: others are read, or refused, as they are at 60,000."""
OF_MANY_VALUES: Final = {
    "small values in a flow",
    "small values in a block",
    "members",
    "numbers",
    "dates",
    "empty lists",
    "empty mappings",
    "anchors",
    "documents",
    "complex keys",
    "JSON",
}


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the values that a definition may have, so that a tenth of the work shows that they are bounded."""
    for module in ("authsvc.kernel.proportion", "courses.definitions.marked_yaml"):
        monkeypatch.setattr(f"{module}.MOST_VALUES", FEW)


@pytest.mark.parametrize("name", worst_inputs.yaml_texts(100))
def test_an_expensive_text_is_read_or_refused(few_values: None, name: str) -> None:
    text = worst_inputs.yaml_texts(SIZE // 10)[name]

    details = details_of(lambda: read_definition(text))

    assert len(details) <= MOST_ERRORS
    is_refused = any(MANY.format(FEW) in detail for detail in details)
    assert (name in OF_MANY_VALUES) == is_refused, details[:1]


@pytest.mark.parametrize("name", worst_inputs.json_values(100))
def test_an_expensive_body_is_read_or_refused(few_values: None, name: str) -> None:
    value = worst_inputs.json_values(SIZE // 10)[name]

    assert len(details_of(lambda: definition_of(value))) <= MOST_ERRORS


@pytest.mark.parametrize("size", [10_000, SIZE])
@pytest.mark.parametrize("name", worst_inputs.pathways(100))
def test_an_expensive_pathway_is_read_or_refused(name: str, size: int) -> None:
    value = worst_inputs.pathways(size)[name]

    assert len(details_of(lambda: pathway_of(value))) <= MOST_ERRORS


def details_of(read: Any) -> list[str]:
    try:
        read()
    except (InvalidDefinition, InvalidPathwayDefinition) as error:
        return [field_error.detail for field_error in error.field_errors]
    return []


def test_a_body_has_a_bounded_number_of_values() -> None:
    course = worst_inputs.course_of(1, 1)
    course["modules"][0]["items"][0]["unknown"] = [1] * MOST_VALUES

    assert details_of(lambda: definition_of(course)) == [f"The body {MANY.format(MOST_VALUES)}."]


def test_what_is_accepted_can_be_written_and_read_again(few_values: None) -> None:
    """The written form has members that the author left out."""

    def errors(items: int) -> int:
        return len(details_of(lambda: definition_of(worst_inputs.course_of(10, items))))

    sizes = range(56, 64)
    rejected = sizes[bisect_left(sizes, 1, key=errors)]
    definition = definition_of(worst_inputs.course_of(10, rejected - 1))
    too_large = worst_inputs.course_of(10, rejected)

    assert read_definition(write_definition(definition)) == definition
    assert details_of(lambda: definition_of(too_large)) == [
        f"With all members that have defaults, it {MANY.format(FEW)}."
    ]


def test_a_long_text_is_read_by_libyaml_alone() -> None:
    """PyYAML, which explains more, would take a minute for it."""
    text = worst_inputs.filled("x: y\n", 2_000_000, "a:\n  - b\n") + "\t- c: [\n"

    (detail,) = details_of(lambda: read_definition(text))

    assert MANY.format(MOST_VALUES) in detail


def test_of_a_long_list_only_unsuitable_items_are_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = worst_inputs.course_of(20, 100)
    course["modules"][7]["items"][3]["unknown"] = 1
    counted: list[object] = []
    original = Draft202012Validator.VALIDATORS["type"]

    def type_and_count(validator: Any, names: Any, value: Any, schema: Any) -> Any:
        counted.append(value)
        return original(validator, names, value, schema)

    monkeypatch.setitem(Draft202012Validator.VALIDATORS, "type", type_and_count)
    fresh = Format(
        "schema.json",
        definition=CourseDefinition,
        rules=lambda _: iter(()),
        error=InvalidDefinition,
    )

    assert details_of(lambda: fresh.structure(course)) == ["there is no such member here"]
    assert 0 < len(counted) < 40


@pytest.mark.parametrize("seed", range(20 * TIMES_AS_MANY[PROFILE]))
@pytest.mark.parametrize("schema", [SCHEMA, PATHWAY_SCHEMA], ids=["course", "pathway"])
def test_what_is_accepted_fast_is_what_suits_the_schema(
    schema: Mapping[str, Any], seed: int
) -> None:
    chance = random.Random(seed)
    accepts, validator = acceptor_of(schema), Draft202012Validator(schema)
    for value in samples(schema):
        for _ in range(8):
            changed = with_changes(value, chance)
            assert accepts(changed) == validator.is_valid(changed), changed


def samples(schema: Mapping[str, Any]) -> list[Any]:
    if schema is PATHWAY_SCHEMA:
        stage = {
            "key": "k",
            "title": "T",
            "courses": [{"course": "a"}, {"course": "b", "after": ["a"]}],
        }
        return [{"slug": "s", "title": "T", "stages": [stage], "format": 1}]
    short = {**worst_inputs.accepting(2), "key": "short", "number": 1.5, "tolerance": 1}
    rubric = [{"key": "r", "text": "t", "max_score": 2}]
    peer = {"key": "peer", "kind": "peer", "prompt": "?", "max_score": 2, "rubric": rubric}
    questions = [worst_inputs.question("q"), short, peer]
    assessment = {"questions": questions, "scoring": "manual", "minutes": 9, "late": "mark"}
    course = worst_inputs.course_of(1, 2, type="assessment", assessment=assessment)
    course["modules"][0]["items"][1] = {
        "key": "x",
        "title": "X",
        "type": "external",
        "url": "https://x.example",
    }
    return [course, worst_inputs.course_of(2, 2)]


def with_changes(value: Any, chance: random.Random) -> Any:
    """The value with up to two parts removed, renamed or replaced."""
    changed = deepcopy(value)
    for _ in range(chance.randrange(3)):
        parts = list(collections_in(changed))
        part = chance.choice(parts)
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            continue
        key = chance.choice(keys)
        replacement = chance.choice(
            [
                "",
                " ",
                "a",
                "A b",
                "a-b",
                0,
                1,
                1.0,
                True,
                -1,
                10**6,
                None,
                [],
                {},
                [1],
                ["a", "a"],
                {"a": 1},
            ]
        )
        if isinstance(part, dict) and chance.random() < 0.3:
            part["unknown"] = part.pop(key)
        elif chance.random() < 0.3:
            del part[key]
        else:
            part[key] = replacement
    return changed


def collections_in(value: Any) -> list[Any]:
    waiting, collections = [value], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list):
            collections.append(part)
            waiting += part.values() if isinstance(part, dict) else part
    return collections


@pytest.mark.parametrize(
    "schema", [{"oneOf": []}, {"properties": {"a": {"format": "x"}}}, {"not": {"enum": ["a"]}}]
)
def test_an_unknown_keyword_is_not_ignored(schema: Any) -> None:
    with pytest.raises(UnknownKeyword):
        acceptor_of(schema)


@pytest.mark.parametrize("name", worst_inputs.olx_courses(1000))
def test_an_expensive_course_is_read_or_refused(tmp_path: Path, name: str) -> None:
    size = 60_000 if name in REFUSED_IF_LARGER else 2_000 if name in GROWS_FASTER else 20_000
    for file, content in worst_inputs.olx_courses(size)[name].items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(content)

    assert len(details_of(lambda: read_olx(tmp_path))) <= MOST_ERRORS + 1


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        (
            worst_inputs.one_file("<a/>" * MOST_PARTS),
            f"the course has more than {MOST_PARTS:,} XML elements and attributes",
        ),
        (
            worst_inputs.one_file('<html url_name="h"/>' * 200)
            | {"html/h.html": b"<br>" * (MOST_TAGS // 100)},
            f"the course has more than {MOST_TAGS:,} HTML tags",
        ),
        (
            worst_inputs.one_file("<html>x</html>" * (MOST_TAGS // 2 + 1)),
            f"the course has more than {MOST_TAGS:,} HTML tags",
        ),
        (
            {"course.xml": worst_inputs.COURSE.format('<chapter url_name="c"/>' * 20).encode()}
            | {"chapter/c.xml": b"<chapter>" + b" " * 3_900_000 + b"</chapter>"},
            "more than 50,000,000 bytes of the course would be read",
        ),
    ],
    ids=["elements", "tags", "texts", "bytes"],
)
def test_the_work_for_a_course_is_bounded(
    tmp_path: Path, files: Mapping[str, bytes], detail: str
) -> None:
    for file, content in files.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(content)

    assert details_of(lambda: read_olx(tmp_path)) == [detail]


def test_elements_are_counted_while_they_are_read() -> None:
    """A file of four megabytes would otherwise become a tree of half a gigabyte."""
    effort = Effort(parts=10)

    with pytest.raises(TooMuch):
        parse(b"<a>" + b"<b/>" * 1000 + b"</a>", "a.xml", effort)

    assert effort.parts == -1


def test_keys_of_equal_names_are_found_at_once() -> None:
    class Counted(set[str]):
        lookups = 0

        def __contains__(self, key: object) -> bool:
            self.lookups += 1
            return super().__contains__(key)

    keys = Keys()
    keys._taken = counted = Counted()  # noqa: SLF001  # counts the work
    assigned = [keys.key_for("knots", otherwise="item") for _ in range(1000)]

    assert assigned[:3] == ["knots", "knots-2", "knots-3"]
    assert len(set(assigned)) == 1000
    assert counted.lookups < 3000


def test_a_key_that_another_name_has_is_not_given_twice() -> None:
    keys = Keys()

    assigned = [keys.key_for(name, otherwise="item") for name in ["a", "a-2", "a", "a", "a-2"]]

    assert assigned == ["a", "a-2", "a-3", "a-4", "a-2-2"]


def test_options_without_an_end_are_read_once(tmp_path: Path) -> None:
    options = "'yes','no'," + "\\'" * 100_000
    problem = f'<problem><optionresponse><optioninput correct="yes" options="{options}"/>?</optionresponse></problem>'
    (tmp_path / "course.xml").write_bytes(worst_inputs.one_file(problem)["course.xml"])

    definition, _ = read_olx(tmp_path)

    (item,) = definition.modules[0].items
    assert item.assessment is not None
    assert [choice.text for choice in item.assessment.questions[0].choices] == ["yes", "no"]


def test_files_in_deep_folders_are_not_extracted(tmp_path: Path) -> None:
    archive = tmp_path / "deep.tar.gz"
    files = worst_inputs.one_file("<html>x</html>") | {"a/" * 200 + "x.xml": b"<a/>"}
    worst_inputs.packed(files, archive)

    assert files_of(archive).names() == ["course.xml"]


def test_a_header_of_an_archive_is_bounded(tmp_path: Path) -> None:
    """A name of a hundred megabytes would be read into memory before it can be refused."""
    archive = tmp_path / "name.tar.gz"
    with tarfile.open(archive, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("course/course.xml"), io.BytesIO())
        tar.addfile(tarfile.TarInfo("x" * 400_000), io.BytesIO())

    with pytest.raises(InvalidDefinition) as error:
        files_of(archive)

    assert error.value.field_errors[0].detail == "it contains a header of more than 100,000 bytes"


def test_work_is_shared_by_all_files_of_a_course(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a><b/></a>")
    folder = Folder(FolderFiles(tmp_path), effort=Effort(parts=5))
    folder.element_at("a.xml")
    folder.element_at("a.xml")

    with pytest.raises(TooMuch):
        folder.element_at("a.xml")
