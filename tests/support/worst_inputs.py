"""The most expensive inputs that readers and importers accept, or must refuse before the work is done."""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HEAD: Final = "slug: s\ntitle: T\n"


def filled(unit: str, size: int, head: str = "", tail: str = "") -> str:
    """The unit, repeated up to this many characters in all."""
    return head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail


def course_of(modules: int, items: int, **item: Any) -> dict[str, Any]:
    """A valid course with so many modules of so many items."""
    return {
        "slug": "knots",
        "title": "Knots",
        "modules": [
            {
                "key": f"m{m}",
                "title": "M",
                "items": [
                    {"key": f"i{m}-{n}", "title": "I", "body": "x", **item} for n in range(items)
                ],
            }
            for m in range(modules)
        ],
    }


def question(key: str, choices: int = 2) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "mcq",
        "prompt": "?",
        "choices": [{"key": f"c{n}", "text": "t", "right": n == 0} for n in range(choices)],
    }


def course_of_questions(count: int, choices: int = 2) -> dict[str, Any]:
    """A valid course whose items have 200 questions each."""
    course = course_of(1, max(1, count // 200))
    for item in course["modules"][0]["items"]:
        questions = [question(f"q{n}", choices) for n in range(min(200, count))]
        item |= {"type": "assessment", "assessment": {"questions": questions}}
    return course


def yaml_texts(size: int) -> dict[str, str]:
    """Texts of this size, each of which stresses another part of the reader."""
    return {
        "small values in a flow": filled("a,", size, f"{HEAD}modules: [", "]\n"),
        "small values in a block": filled(" - a\n", size, f"{HEAD}modules:\n"),
        "empty lists": filled("[],", size, f"{HEAD}modules: [", "]\n"),
        "empty mappings": filled("{},", size, f"{HEAD}modules: [", "]\n"),
        "members": HEAD + "".join(f"k{n}: 1\n" for n in range(size // 10)),
        "anchors": filled("&a x,", size, f"{HEAD}modules: [", "]\n"),
        "aliases": filled("*a,", size, f"{HEAD}modules: [&a x,", "]\n"),
        "tags": filled("!!str x,", size, f"{HEAD}modules: [", "]\n"),
        "deep flow": "[" * (size // 2) + "]" * (size // 2),
        "deep block": "".join(" " * n + "a:\n" for n in range(min(size, 1000))),
        "comments": filled("#\n", size, HEAD),
        "blank lines": filled("\n", size, HEAD),
        "escapes": filled("\\u0041", size, f'{HEAD}summary: "', '"\n'),
        "one long text": filled("x", size, f"{HEAD}summary: "),
        "one folded text": filled("x\n  ", size, f"{HEAD}summary: "),
        "numbers": filled("1e5,", size, f"{HEAD}modules: [", "]\n"),
        "dates": filled("2001-01-01,", size, f"{HEAD}modules: [", "]\n"),
        "documents": filled("--- a\n", size),
        "complex keys": filled("? a\n", size, HEAD),
        "unclosed flow": filled("[", size),
        "unclosed quote": filled("x ", size, f'{HEAD}summary: "'),
        "simple keys without colons": filled("a b\n", size, HEAD),
        "JSON": filled("[],", size, '{"slug": "s", "title": "T", "modules": [', "[]]}"),
        "JSON text": filled("x\\u0009", size, '{"slug": "', '"}'),
        "valid items": json_text(course_of(1, 200), size),
    }


def json_text(value: Any, size: int) -> str:
    """JSON of the value, spaced out to the size."""
    return filled(" ", size, json.dumps(value))


def json_values(size: int) -> dict[str, Any]:
    """Bodies of about this size in JSON."""

    def course(modules: Any) -> dict[str, Any]:
        return {"slug": "s", "title": "T", "modules": modules}

    return {
        "empty modules": course([{}] * (size // 3)),
        "numbers": course([1] * (size // 2)),
        "empty lists": course([[]] * (size // 3)),
        "unknown members": course([]) | {f"k{n}": 1 for n in range(size // 10)},
        "valid items": course_of(200, min(200, size // 200 // 45)),
        "valid questions": course_of_questions(size // 120),
        "valid choices": course_of_questions(size // 2000, choices=50),
        "long slug": course([]) | {"slug": "a-" * (size // 2)},
        "long title": course([]) | {"title": " " * size},
        "texts in accepts": course_of(1, 1, assessment={"questions": [accepting(size // 4)]}),
        "taken keys": course_of(1, 1, assessment={"questions": [question("q")] * 200}),
    }


def accepting(count: int) -> dict[str, Any]:
    return {"key": "q", "kind": "short", "prompt": "?", "accepts": ["a"] * count}


def pathways(size: int) -> dict[str, Any]:
    def of(after: list[Any]) -> dict[str, Any]:
        courses = [{"course": "a", "after": after}]
        stage = {"key": "k", "title": "T", "courses": courses}
        return {"slug": "s", "title": "T", "stages": [stage]}

    names = [f"c{n}" for n in range(50)]
    full = [
        {
            "key": f"s{n}",
            "title": "T",
            "courses": [{"course": f"{name}-{n}", "after": [f"{a}-{n}" for a in names if a != name]}
                        for name in names],
        }
        for n in range(max(1, min(50, size // 30_000)))
    ]  # fmt: skip
    return {
        "mixed prerequisites": of([{} if n % 2 else [n] for n in range(size // 4)]),
        "unequal objects": of([{"a": n} for n in range(size // 9)]),
        "equal texts": of(["a"] * (size // 4)),
        "unequal texts": of([f"{n}" for n in range(size // 8)]),
        "full": {"slug": "s", "title": "T", "stages": full},
    }


COURSE: Final = '<course org="o" course="c" display_name="C">{}</course>'
CHAPTER: Final = (
    '<chapter url_name="c"><sequential url_name="s"><vertical url_name="v">{}</vertical>'
    "</sequential></chapter>"
)


def one_file(content: str) -> dict[str, bytes]:
    return {"course.xml": COURSE.format(CHAPTER.format(content)).encode()}


def olx_courses(size: int) -> dict[str, Mapping[str, bytes]]:
    """Files of courses, with about this many bytes in all."""
    return _courses_of_many_parts(size) | _courses_of_markup(size) | _courses_of_problems(size)


def _courses_of_many_parts(size: int) -> dict[str, Mapping[str, bytes]]:
    problem = "<problem><stringresponse answer='a'><p>?</p><textline/></stringresponse></problem>"
    again = "<html url_name='h'/>"
    units = '<chapter url_name="c"><sequential url_name="s">{}</sequential></chapter>'
    vertical = "<vertical url_name='v'><html>x</html></vertical>"
    return {
        "html elements": one_file(filled("<html>x</html>", size)),
        "empty elements": one_file(filled("<a/>", size)),
        "unmapped elements": one_file(filled("<discussion/>", size)),
        "problems": one_file(filled(problem, size)),
        "verticals": {"course.xml": COURSE.format(units.format(filled(vertical, size))).encode()},
        "chapters": {
            "course.xml": COURSE.format(filled(CHAPTER.format("<html>x</html>"), size)).encode()
        },
        "same text again": one_file(filled(again, size // 2))
        | {"html/h.html": filled("<b>x</b>", size // 2).encode()},
        "same chapter again": {
            "course.xml": COURSE.format(filled('<chapter url_name="c"/>', size // 2)).encode(),
            "chapter/c.xml": filled(
                "<sequential/>", size // 2, "<chapter>", "</chapter>"
            ).encode(),
        },
    }  # fmt: skip


def _courses_of_markup(size: int) -> dict[str, Mapping[str, bytes]]:
    return {
        "inline tags": one_file(filled("<b>x</b>", size, "<html>", "</html>")),
        "unclosed tags": one_file("<html url_name='h'/>")
        | {"html/h.html": filled("<b>", size).encode()},
        "nested lists": one_file("<html url_name='h'/>")
        | {"html/h.html": (filled("<ul><li>", min(size, 4000)) + filled("x ", size)).encode()},
        "nested quotations": one_file("<html url_name='h'/>")
        | {"html/h.html": filled("x<br>", min(size, 70_000), "<blockquote>" * 37).encode()},
        "much text": one_file("".join(f"<html url_name='h{n}'/>" for n in range(1 + size // 40_000)))
        | {
            f"html/h{n}.html": filled("*_`[x] ", 399_000).encode()
            for n in range(1 + size // 40_000)
        },
        "policy": one_file("<html>x</html>")
        | {"policies/policy.json": filled('"a/b": {"c": "1"},', size, "{", '"c": 1}').encode()},
        "list items": one_file(filled("<li>x</li>", size, "<html><ul>", "</ul></html>")),
        "table cells": one_file(filled("<tr><td>x</td></tr>", size, "<html><table>", "</table></html>")),
        "line breaks": one_file(filled("<br/>", size, "<html>", "</html>")),
        "links": one_file(filled("<a href='https://a.example'>x</a>", size, "<html>", "</html>")),
        "white space": one_file(filled(" \n", size, "<html><p>", "</p></html>")),
        "special characters": one_file(filled("*_`#", size, "<html><p>", "</p></html>")),
        "angle brackets": one_file("<html url_name='h'/>")
        | {"html/h.html": filled("<", size).encode()},
        "comments": one_file("<html url_name='h'/>")
        | {"html/h.html": filled("<!-", size).encode()},
        "attributes": one_file(
            "<html " + " ".join(f"a{n}='1'" for n in range(size // 10)) + ">x</html>"
        ),
        "entities": one_file(filled("&amp;", size, "<html>", "</html>")),
    }  # fmt: skip


def _courses_of_problems(size: int) -> dict[str, Mapping[str, bytes]]:
    return {
        "choices": one_file(
            filled("<choice correct='true'>x</choice>", size,
                   "<problem><multiplechoiceresponse><choicegroup>",
                   "</choicegroup></multiplechoiceresponse></problem>")
        ),
        "responses in one another": one_file(
            "<problem>" + "<stringresponse answer='a'>" * 30 + filled("<p>x</p>", size)
            + "</stringresponse>" * 30 + "</problem>"
        ),
        "prompts in one another": one_file(
            "<problem>" + "<div>" * 30 + filled("<p>x</p>", size) + "</div>" * 30 + "</problem>"
        ),
        "options": one_file(
            "<problem><optionresponse><optioninput correct='a' options=\""
            + filled("'", size) + '"/></optionresponse></problem>'
        ),
        "video sources": one_file(filled("<source/>", size, "<video>", "</video>")),
        "speeds": one_file(f"<video youtube='{filled('a:b,', size)}'/>"),
        "names alike": one_file(filled("<html>x</html>", size // 2)),
    }  # fmt: skip


def packed(files: Mapping[str, bytes], path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"course/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def archives(folder: Path, size: int) -> dict[str, Path]:
    """Archives that are small and unpack to much."""
    course = one_file("<html>x</html>")
    deep = "/".join(["a"] * 240)
    contents: dict[str, Mapping[str, bytes]] = {
        "tiny files": {f"html/{n}.html": b"" for n in range(min(9_990, size // 30))},
        "zeros": {f"{n}.bin": bytes(30 * size) for n in range(20)},
        "deep folders": {f"{n}/{deep}/x.xml": b"<a/>" for n in range(min(9_990, size // 100))},
    }
    return {
        name: packed(course | dict(files), folder / f"{name}.tar.gz")
        for name, files in contents.items()
    }
