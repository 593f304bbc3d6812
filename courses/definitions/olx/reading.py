"""Courses of Open edX as course definitions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote

from authsvc.kernel.errors import FieldError
from courses.definitions.courses import read_definition, write_definition
from courses.definitions.formats import MOST_ERRORS
from courses.definitions.olx.files import ROOT, Folder, Unmapped, UnreadableFile
from courses.definitions.olx.markup import Element, TooMuch, UnreadableXml
from courses.definitions.olx.names import Keys, cut, slug_of, title_of
from courses.definitions.olx.problems import questions_of
from courses.domain.entities.assessments import Assessment, Question
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.errors import InvalidDefinition

LONGEST_SUMMARY: Final = 2000
MOST_MODULES: Final = 200
MOST_ITEMS: Final = 200
SUMMARY: Final = "about/short_description.html"
LONGEST_BODY: Final = 100_000
LONGEST_URL: Final = 2000
MOST_QUESTIONS: Final = 200
YOUTUBE: Final = "https://www.youtube.com/watch?v="


def read_olx(root: Path) -> tuple[CourseDefinition, list[Unmapped]]:
    """The course in the folder, and what could not be mapped.

    Raises InvalidDefinition if there is no course, or nothing in it can be mapped.
    """
    folder = Folder(root)
    try:
        course = _course(folder)
        modules = tuple(_modules(course, folder))
        summary = _summary(course, folder)
    except TooMuch as error:
        _raise(ROOT, str(error))
    if not modules:
        _raise_nothing_mapped(folder.unmapped)
    attributes = course.attributes
    definition = CourseDefinition(
        slug=_slug(course),
        title=title_of(*(attributes.get(name) for name in ("display_name", "course", "url_name"))),
        summary=summary,
        modules=modules,
    )
    # So that whatever is imported can be exported and imported again.
    return read_definition(write_definition(definition)), folder.unmapped


def _course(folder: Folder) -> Element:
    file = ROOT
    try:
        root = folder.element_at(file)
        if root.tag != "course":
            _raise(ROOT, f"line {root.line}: <{root.tag}> is not a course")
        if not root.is_empty or "url_name" not in root.attributes:
            return root
        file = f"course/{root.attributes['url_name']}.xml"
        course = folder.element_at(file)
    except UnreadableFile as error:
        _raise(ROOT, str(error))
    except UnreadableXml as error:
        _raise(file, f"line {error.line}: {error}")
    return replace(course, attributes=root.attributes | course.attributes)


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
    for chapter in _parts(course, "chapter", folder):
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
    for sequential in _parts(chapter, "sequential", folder):
        for vertical in _parts(sequential, "vertical", folder):
            title = title_of(
                vertical.attributes.get("display_name"),
                sequential.attributes.get("display_name"),
                vertical.attributes.get("url_name"),
            )
            yield from items_of(vertical, folder, keys, title=title)


def _parts(whole: Element, tag: str, folder: Folder) -> Iterator[Element]:
    """The elements with this tag, from their own files if they have them. Other elements are noted."""
    for element in whole.children:
        if element.tag != tag:
            folder.leave_out(element)
        elif (part := folder.whole(element)) is not None:
            yield part


def _raise_nothing_mapped(unmapped: list[Unmapped]) -> NoReturn:
    raise InvalidDefinition(
        FieldError(path=ROOT, detail="nothing in the course can be mapped"),
        *(FieldError(path="", detail=str(element)) for element in unmapped[:MOST_ERRORS]),
    )


def _raise(file: str, reason: str) -> NoReturn:
    raise InvalidDefinition(FieldError(path=file, detail=reason))


@dataclass(slots=True)
class _Unit:
    """The content of a vertical."""

    texts: list[str] = field(default_factory=list)
    length: int = 0
    videos: list[tuple[Element, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def items_of(vertical: Element, folder: Folder, keys: Keys, *, title: str) -> list[ModuleItem]:
    """A lesson, the videos and an assessment, as far as the vertical has them. An empty vertical is noted."""
    unit = _unit(vertical, folder)
    name = vertical.attributes.get("url_name", "")
    items = []
    if unit.texts:
        text_name = f"{name}-text" if unit.questions and name else name
        key = keys.key_for(text_name, otherwise="lesson")
        body = "\n\n".join(unit.texts)
        items.append(ModuleItem(key=key, title=title, body=body))
    items += (_external(video, url, keys, title=title) for video, url in unit.videos)
    if unit.questions:
        key = keys.key_for(name, otherwise="assessment")
        assessment = Assessment(questions=tuple(unit.questions))
        items.append(
            ModuleItem(key=key, title=title, type=ItemType.ASSESSMENT, assessment=assessment)
        )
    if not items:
        folder.leave_out(vertical, "nothing in it can be mapped")
    return items


def _unit(vertical: Element, folder: Folder) -> _Unit:
    unit, keys = _Unit(), Keys()
    for block in vertical.children:
        if block.tag == "html":
            _add_text(block, folder, unit)
        elif block.tag not in ("problem", "video"):
            folder.leave_out(block)
        elif (whole := folder.whole(block)) is not None:
            if whole.tag == "video":
                _add_video(whole, folder, unit)
            else:
                _add_questions(whole, folder, unit, keys)
    return unit


def _add_text(block: Element, folder: Folder, unit: _Unit) -> None:
    text = _text_of(block, folder)
    if not text:
        return
    if unit.length + len(text) > LONGEST_BODY:
        folder.leave_out(block, f"the text of a unit is longer than {LONGEST_BODY:,} characters")
    else:
        unit.texts.append(text)
        unit.length += len(text) + 2


def _text_of(block: Element, folder: Folder) -> str:
    """The text of an html block, inline or in a file of its own, as Markdown."""
    name = block.attributes.get("url_name", "").replace(":", "/")
    is_reference = block.is_empty and bool(name)
    if is_reference and folder.has(f"html/{name}.html") and not folder.has(f"html/{name}.xml"):
        html, file = block, name
    else:
        whole = folder.whole(block)
        if whole is None:
            return ""
        html, file = whole, whole.attributes.get("filename", "")
    if not html.is_empty or not file:
        return folder.markdown_in(html, html.inner_html if html.children else html.text)
    path = f"html/{file}.html"
    try:
        return folder.markdown_in(html, folder.text_at(path), file=path, line=1)
    except UnreadableFile as error:
        folder.leave_out(html, str(error))
        return ""


def _add_video(video: Element, folder: Folder, unit: _Unit) -> None:
    for url in _urls_of(video):
        if _is_web_url(url):
            unit.videos.append((video, url))
            return
    folder.leave_out(video, "it has no URL")


def _urls_of(video: Element) -> Iterator[str]:
    """The URLs of the video, YouTube first."""
    attributes = video.attributes
    youtube = attributes.get("youtube", "")
    speeds = dict(part.split(":", 1) for part in youtube.split(",") if ":" in part)
    for youtube_id in (attributes.get("youtube_id_1_0", ""), speeds.get("1.00", "")):
        if youtube_id.strip():
            yield f"{YOUTUBE}{quote(youtube_id.strip(), safe='')}"
    for source in video.all("source", "encoded_video"):
        yield (source.attributes.get("src") or source.attributes.get("url", "")).strip()
    yield attributes.get("source", "").strip()
    yield from attributes.get("html5_sources", "").strip("[]").replace('"', "").split(",")


def _is_web_url(url: str) -> bool:
    is_web = url.startswith(("http://", "https://")) and not url.endswith("://")
    return is_web and len(url) <= LONGEST_URL and not any(char.isspace() for char in url)


def _external(video: Element, url: str, keys: Keys, *, title: str) -> ModuleItem:
    return ModuleItem(
        key=keys.key_for(video.attributes.get("url_name", ""), otherwise="video"),
        title=title_of(video.attributes.get("display_name"), title),
        type=ItemType.EXTERNAL,
        url=url,
    )


def _add_questions(problem: Element, folder: Folder, unit: _Unit, keys: Keys) -> None:
    for question in questions_of(problem, folder, keys):
        if len(unit.questions) < MOST_QUESTIONS:
            unit.questions.append(question)
        else:
            folder.leave_out(problem, f"a unit has at most {MOST_QUESTIONS} questions")
