"""From a folder in OLX to a CourseDefinition, and to what is not in it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

from authsvc.kernel.errors import Complaint
from courses.definitions.forms import MOST_COMPLAINTS
from courses.definitions.olx.elements import Element, UnreadableXml
from courses.definitions.olx.folders import Folder, TooMuch, UnreadableFile
from courses.definitions.olx.items import items_of
from courses.definitions.olx.names import Keys, cut, slug_of, title_of
from courses.definitions.olx.unmapped import Unmapped
from courses.definitions.reading import read_definition
from courses.definitions.writing import write_definition
from courses.domain.entities import CourseDefinition, ItemDefinition, ModuleDefinition
from courses.domain.errors import InvalidDefinition

ROOT: Final = "course.xml"
LONGEST_SUMMARY: Final = 2000
MOST_MODULES: Final = 200
MOST_ITEMS: Final = 200
SUMMARY: Final = "about/short_description.html"


def read_olx(root: Path) -> tuple[CourseDefinition, list[Unmapped]]:
    """The course in the folder, and what was left out of it.

    Raises InvalidDefinition if there is no course, or nothing in it can be mapped.
    """
    folder = Folder(root)
    try:
        course = _course(folder)
        modules = tuple(_modules(course, folder))
        summary = _summary(course, folder)
    except TooMuch:
        _refuse(ROOT, "the course has too many files")
    if not modules:
        _refuse_all_of(folder.unmapped)
    said = course.attributes
    definition = CourseDefinition(
        slug=_slug(course),
        title=title_of(said.get("display_name"), said.get("course"), said.get("url_name")),
        summary=summary,
        modules=modules,
    )
    # Whatever is imported can be exported and imported again.
    return read_definition(write_definition(definition)), folder.unmapped


def _course(folder: Folder) -> Element:
    file = ROOT
    try:
        root = folder.element_at(file)
        if root.tag != "course":
            _refuse(ROOT, f"line {root.line}: <{root.tag}> is not a course")
        if not root.is_empty or "url_name" not in root.attributes:
            return root
        file = f"course/{root.attributes['url_name']}.xml"
        found = folder.element_at(file)
    except UnreadableFile as error:
        _refuse(ROOT, str(error))
    except UnreadableXml as error:
        _refuse(file, f"line {error.line}: {error}")
    merged = root.attributes | found.attributes
    return Element(
        tag=found.tag, attributes=merged, file=file, line=found.line, content=found.content
    )


def _slug(course: Element) -> str:
    said = course.attributes
    name = f"{said.get('org', '')} {said.get('course', '')}".strip() or said.get("url_name", "")
    return slug_of(name, otherwise="course")


def _summary(course: Element, folder: Folder) -> str:
    if not folder.has(SUMMARY):
        return ""
    try:
        text = folder.text_at(SUMMARY)
    except UnreadableFile as error:
        folder.leave_out(course, str(error))
        return ""
    return cut(folder.markdown_in(course, text, file=SUMMARY, line=1), LONGEST_SUMMARY)


def _modules(course: Element, folder: Folder) -> Iterator[ModuleDefinition]:
    module_keys, item_keys = Keys(), Keys()
    count = 0
    for chapter in _parts(course, "chapter", folder):
        items = list(islice(_items(chapter, folder, item_keys), MOST_ITEMS + 1))
        if not items:
            folder.leave_out(chapter, "there is nothing in it that can be mapped")
        elif count == MOST_MODULES:
            folder.leave_out(chapter, "the course has too many chapters")
            return
        else:
            count += 1
            if len(items) > MOST_ITEMS:
                folder.leave_out(chapter, f"only its first {MOST_ITEMS} items can be")
            yield ModuleDefinition(
                key=module_keys.key_for(chapter.attributes.get("url_name", ""), otherwise="module"),
                title=title_of(
                    chapter.attributes.get("display_name"), chapter.attributes.get("url_name")
                ),
                items=tuple(items[:MOST_ITEMS]),
            )


def _items(chapter: Element, folder: Folder, keys: Keys) -> Iterator[ItemDefinition]:
    for sequential in _parts(chapter, "sequential", folder):
        for vertical in _parts(sequential, "vertical", folder):
            title = title_of(
                vertical.attributes.get("display_name"),
                sequential.attributes.get("display_name"),
                vertical.attributes.get("url_name"),
            )
            yield from items_of(vertical, folder, keys, title=title)


def _parts(whole: Element, tag: str, folder: Folder) -> Iterator[Element]:
    """The elements of this name in the whole, from wherever they stand; others are noted."""
    for element in whole.children:
        if element.tag != tag:
            folder.leave_out(element)
        elif (found := folder.whole(element)) is not None:
            yield found


def _refuse_all_of(unmapped: list[Unmapped]) -> NoReturn:
    """Say why nothing is left."""
    raise InvalidDefinition(
        Complaint(path=ROOT, detail="nothing in the course can be mapped"),
        *(Complaint(path="", detail=str(each)) for each in unmapped[:MOST_COMPLAINTS]),
    )


def _refuse(file: str, reason: str) -> NoReturn:
    raise InvalidDefinition(Complaint(path=file, detail=reason))
