"""Verticals of Open edX as items."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from courses.definitions.olx.elements import Element
from courses.definitions.olx.folders import Folder, UnreadableFile
from courses.definitions.olx.names import Keys, title_of
from courses.definitions.olx.problems import questions_of
from courses.domain.entities import (
    AssessmentDefinition,
    ItemDefinition,
    ItemType,
    QuestionDefinition,
)

LONGEST_BODY: Final = 100_000
LONGEST_URL: Final = 2000
MOST_QUESTIONS: Final = 200
YOUTUBE: Final = "https://www.youtube.com/watch?v="


@dataclass(slots=True)
class _Unit:
    """What a vertical amounts to."""

    texts: list[str] = field(default_factory=list)
    videos: list[tuple[Element, str]] = field(default_factory=list)
    questions: list[QuestionDefinition] = field(default_factory=list)


def items_of(vertical: Element, folder: Folder, keys: Keys, *, title: str) -> list[ItemDefinition]:
    """What is read in the vertical, then its videos, then its problems; nothing, and noted, if it has none of them."""
    unit = _unit(vertical, folder)
    name = vertical.attributes.get("url_name", "")
    items = []
    if unit.texts:
        read_key = f"{name}-text" if unit.questions and name else name
        key = keys.key_for(read_key, otherwise="lesson")
        body = "\n\n".join(unit.texts)
        items.append(ItemDefinition(key=key, title=title, type=ItemType.LESSON, body=body))
    items += (_external(video, url, keys, title=title) for video, url in unit.videos)
    if unit.questions:
        key = keys.key_for(name, otherwise="assessment")
        assessment = AssessmentDefinition(questions=tuple(unit.questions))
        asking = ItemDefinition(key=key, title=title, type=ItemType.ASSESSMENT)
        items.append(replace(asking, assessment=assessment))
    if not items:
        folder.leave_out(vertical, "there is nothing in it that can be mapped")
    return items


def _unit(vertical: Element, folder: Folder) -> _Unit:
    unit, keys = _Unit(), Keys()
    for block in vertical.children:
        if block.tag == "html":
            _add_text(block, folder, unit)
        elif block.tag not in ("problem", "video"):
            folder.leave_out(block)
        elif (found := folder.whole(block)) is not None:
            if found.tag == "video":
                _add_video(found, folder, unit)
            else:
                _add_questions(found, folder, unit, keys)
    return unit


def _add_text(block: Element, folder: Folder, unit: _Unit) -> None:
    text = _text_of(block, folder)
    if not text:
        return
    if sum(len(other) + 2 for other in unit.texts) + len(text) > LONGEST_BODY:
        folder.leave_out(block, "the text is too long")
    else:
        unit.texts.append(text)


def _text_of(block: Element, folder: Folder) -> str:
    """The text of an html block, which stands in a file of its own or within it, as Markdown."""
    name = block.attributes.get("url_name", "").replace(":", "/")
    is_alone = folder.has(f"html/{name}.html") and not folder.has(f"html/{name}.xml")
    if block.is_empty and name and is_alone:
        found, file = block, name
    else:
        whole = folder.whole(block)
        if whole is None:
            return ""
        found, file = whole, whole.attributes.get("filename", "")
    if not found.is_empty or not file:
        return folder.markdown_in(found, _inline(found))
    path = f"html/{file}.html"
    try:
        return folder.markdown_in(found, folder.text_at(path), file=path, line=1)
    except UnreadableFile as error:
        folder.leave_out(found, str(error))
        return ""


def _inline(block: Element) -> str:
    """What stands within the block: elements, or HTML that was escaped as a whole."""
    return block.inner_html if block.children else block.text


def _add_video(video: Element, folder: Folder, unit: _Unit) -> None:
    for url in _urls_of(video):
        if _can_be_visited(url):
            unit.videos.append((video, url))
            return
    folder.leave_out(video, "it has no address")


def _urls_of(video: Element) -> Iterator[str]:
    """Where the video may be found, the place at which most look first."""
    said = video.attributes
    speeds = dict(part.split(":", 1) for part in said.get("youtube", "").split(",") if ":" in part)
    for youtube_id in (said.get("youtube_id_1_0", ""), speeds.get("1.00", "")):
        if youtube_id.strip():
            yield f"{YOUTUBE}{quote(youtube_id.strip(), safe='')}"
    for source in video.all("source", "encoded_video"):
        yield (source.attributes.get("src") or source.attributes.get("url", "")).strip()
    yield said.get("source", "").strip()
    yield from said.get("html5_sources", "").strip("[]").replace('"', "").split(",")


def _can_be_visited(url: str) -> bool:
    is_web = url.startswith(("http://", "https://")) and not url.endswith("://")
    return is_web and len(url) <= LONGEST_URL and not any(char.isspace() for char in url)


def _external(video: Element, url: str, keys: Keys, *, title: str) -> ItemDefinition:
    return ItemDefinition(
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
            folder.leave_out(problem, "there are too many questions in one place")
