"""Courses of Open edX as course definitions."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NoReturn

from authsvc.kernel.errors import FieldError
from courses.definitions.conversion import CONVERTER, time_in
from courses.definitions.courses import definition_of
from courses.definitions.formats import MOST_ERRORS
from courses.definitions.olx.files import ROOT, UnreadableFile, files_of
from courses.definitions.olx.folder import Folder
from courses.definitions.olx.losses import Loss, lines_of
from courses.definitions.olx.markup import Element, TooMuch, UnreadableXml
from courses.definitions.olx.names import Keys, cut, slug_of, title_of
from courses.definitions.olx.units import BLOCKS, items_of, items_of_block
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ModuleItem
from courses.domain.errors import InvalidDefinition
from courses.domain.services.archive_imports import ArchiveReport

LONGEST_SUMMARY: Final = 2000
MOST_MODULES: Final = 200
MOST_ITEMS: Final = 200
SUMMARY: Final = "about/short_description.html"


def read_olx(source: Path) -> tuple[CourseDefinition, list[Loss]]:
    """The course in the folder or archive, and what could not be mapped.

    Raises InvalidDefinition if there is no course, or nothing in it can be mapped, and OSError.
    """
    folder = Folder(files_of(source))
    try:
        course = _course(folder)
        modules = tuple(_modules(course, folder))
        summary = _summary(course, folder)
        folder.note_unread()
    except TooMuch as error:
        _raise(ROOT, str(error))
    if not modules:
        _raise_nothing_mapped(folder.losses)
    attributes = course.attributes
    definition = CourseDefinition(
        slug=_slug(course),
        title=title_of(*(attributes.get(name) for name in ("display_name", "course", "url_name"))),
        summary=summary,
        modules=modules,
    )
    # So that whatever is imported can be exported and imported again.
    return definition_of(CONVERTER.unstructure(definition)), folder.losses


def read_archive(content: bytes) -> tuple[CourseDefinition, ArchiveReport]:
    """The course in a packed folder, and what is not as in it. Raises InvalidDefinition."""
    with NamedTemporaryFile(suffix=".tar.gz") as file:
        file.write(content)
        file.flush()
        definition, losses = read_olx(Path(file.name))
    changed = [loss for loss in losses if loss.is_change]
    unmapped = [loss for loss in losses if not loss.is_change]
    report = ArchiveReport(changed=list(lines_of(changed)), unmapped=list(lines_of(unmapped)))
    return definition, report


def _course(folder: Folder) -> Element:
    file = ROOT
    try:
        root = course = folder.element_at(file)
        if root.tag != "course":
            _raise(ROOT, f"line {root.line}: <{root.tag}> is not a course")
        run = root.attributes.get("url_name", "")
        if root.is_empty and run:
            file = f"course/{run}.xml"
            course = folder.element_at(file)
    except UnreadableFile as error:
        _raise(ROOT, str(error))
    except UnreadableXml as error:
        _raise(file, f"line {error.line}: {error}")
    folder.read_policies(run)
    if course is root and run and not folder.policy.file:
        folder.lose(root, "url_name", "a course has one run", is_minor=True)
    return folder.with_policy(root, course, {})


def _slug(course: Element) -> str:
    attributes = course.attributes
    name = f"{attributes.get('org', '')} {attributes.get('course', '')}".strip()
    return slug_of(name or attributes.get("url_name", ""), otherwise="course")


def _summary(course: Element, folder: Folder) -> str:
    if not folder.has(SUMMARY):
        return ""
    try:
        text = folder.text_at(SUMMARY)
    except UnreadableFile as error:
        folder.leave_out(course, str(error))
        return ""
    return cut(folder.markdown_in(course, text, file=SUMMARY, line=1), LONGEST_SUMMARY)


def _modules(course: Element, folder: Folder) -> Iterator[CourseModule]:
    module_keys, item_keys = Keys(), Keys()
    count = 0
    for chapter in _chapters(course, folder):
        items = list(islice(_items(chapter, folder, item_keys), MOST_ITEMS + 1))
        if not items:
            folder.leave_out(chapter, "nothing in it can be mapped")
        elif count == MOST_MODULES:
            folder.leave_out(chapter, "the course has too many chapters")
            return
        else:
            count += 1
            if len(items) > MOST_ITEMS:
                folder.leave_out(chapter, f"it has more than {MOST_ITEMS} items")
            yield CourseModule(
                key=module_keys.key_for(chapter.attributes.get("url_name", ""), otherwise="module"),
                title=title_of(
                    chapter.attributes.get("display_name"), chapter.attributes.get("url_name")
                ),
                items=tuple(items[:MOST_ITEMS]),
            )


def _items(chapter: Element, folder: Folder, keys: Keys) -> Iterator[ModuleItem]:
    folder.note_text(chapter)
    for element in chapter.children:
        if element.tag in BLOCKS:
            yield from items_of_block(element, folder, keys, within=chapter, title="")
        elif element.tag == "vertical":
            yield from _items_of_vertical(element, folder, keys, within=chapter)
        elif element.tag != "sequential":
            folder.leave_out(element)
        elif (whole := folder.whole(element, within=chapter.attributes)) is not None:
            if "url_name" in element.attributes and not element.is_empty:
                folder.lose(element, "url_name", "it is no item of its own", is_minor=True)
            yield from _items_of_sequential(whole, folder, keys)


def _items_of_sequential(sequential: Element, folder: Folder, keys: Keys) -> Iterator[ModuleItem]:
    """The items of its units. Its title is that of units without one."""
    title = sequential.attributes.get("display_name", "")
    due_at = _due_at(sequential, folder)
    is_title_used = is_due = False
    folder.note_text(sequential)
    for element in sequential.children:
        if element.tag in BLOCKS:
            items = items_of_block(element, folder, keys, within=sequential, title=title)
        elif element.tag == "vertical":
            items = _items_of_vertical(element, folder, keys, within=sequential)
        else:
            folder.leave_out(element)
            continue
        is_title_used = is_title_used or any(item.title == title for item in items)
        is_due = is_due or any(item.assessment for item in items)
        yield from (item.due(due_at) for item in items)
    if due_at is not None and not is_due:
        folder.lose(sequential, "due", "it has no assessment that could be due")
    if title.strip() and not is_title_used:
        folder.lose(sequential, "display_name", "its units stand directly in the module")


def _due_at(sequential: Element, folder: Folder) -> datetime | None:
    """When it is due: in UTC if it has no time zone, and at the beginning of the day if it has no time."""
    text = sequential.attributes.get("due", "").strip().strip('"')
    if text.lower() in ("", "null", "none"):
        return None
    for ending in ("", "Z", "T00:00:00Z"):
        with suppress(ValueError):
            return time_in(f"{text}{ending}")
    folder.lose(sequential, "due", "it is not a date with or without a time")
    return None


def _items_of_vertical(
    element: Element, folder: Folder, keys: Keys, *, within: Element
) -> list[ModuleItem]:
    vertical = folder.whole(element, within=within.attributes)
    if vertical is None:
        return []
    names = (vertical.attributes.get("display_name"), within.attributes.get("display_name"))
    title = title_of(*names, vertical.attributes.get("url_name"))
    return items_of(vertical, folder, keys, title=title)


def _chapters(course: Element, folder: Folder) -> Iterator[Element]:
    """The chapters, from their own files if they have them. Other elements are noted."""
    folder.note_text(course)
    for element in course.children:
        if element.tag != "chapter":
            folder.leave_out(element)
        elif (chapter := folder.whole(element, within=course.attributes)) is not None:
            yield chapter


def _raise_nothing_mapped(losses: list[Loss]) -> NoReturn:
    raise InvalidDefinition(
        FieldError(path=ROOT, detail="nothing in the course can be mapped"),
        *(FieldError(path="", detail=line) for line in islice(lines_of(losses), MOST_ERRORS)),
    )


def _raise(file: str, reason: str) -> NoReturn:
    raise InvalidDefinition(FieldError(path=file, detail=reason))
