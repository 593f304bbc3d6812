"""Units of Open edX as items: a lesson, videos and an assessment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from courses.definitions.olx.files import UnreadableFile
from courses.definitions.olx.folder import Folder
from courses.definitions.olx.markup import Element
from courses.definitions.olx.names import Keys, title_of
from courses.definitions.olx.problems import is_worth_nothing, questions_of
from courses.domain.entities.assessments import Assessment, Question
from courses.domain.entities.outlines import ItemType, ModuleItem

BLOCKS: Final = frozenset({"html", "problem", "video"})
LONGEST_BODY: Final = 100_000
LONGEST_URL: Final = 2000
MOST_QUESTIONS: Final = 200
MOST_ATTEMPTS: Final = 100
YOUTUBE: Final = "https://www.youtube.com/watch?v="


@dataclass(slots=True)
class _Unit:
    """The content of a vertical. Its name and title are those of its items."""

    name: str
    title: str
    texts: list[str] = field(default_factory=list)
    length: int = 0
    videos: list[tuple[Element, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Element] = field(default_factory=list)
    """The problems that have questions here."""


def items_of(vertical: Element, folder: Folder, keys: Keys, *, title: str) -> list[ModuleItem]:
    """A lesson, the videos and an assessment, as far as the vertical has them. An empty vertical is noted."""
    unit = _Unit(name=vertical.attributes.get("url_name", ""), title=title)
    folder.note_text(vertical)
    question_keys = Keys()
    for block in vertical.children:
        if block.tag not in BLOCKS:
            folder.leave_out(block)
        elif (whole := folder.whole(block, within=vertical.attributes)) is not None:
            _note_name(block, whole, folder)
            _add(whole, unit, folder, question_keys)
    items = [*_items(unit, folder, keys)]
    if not items:
        folder.leave_out(vertical, "nothing in it can be mapped")
    return items


def items_of_block(
    block: Element, folder: Folder, keys: Keys, *, within: Element, title: str
) -> list[ModuleItem]:
    """A block that stands in a sequential without a vertical is a unit of its own."""
    whole = folder.whole(block, within=within.attributes)
    if whole is None:
        return []
    name = whole.attributes.get("url_name", "")
    unit = _Unit(name=name, title=title_of(whole.attributes.get("display_name"), title, name))
    _add(whole, unit, folder, Keys())
    return [*_items(unit, folder, keys)]


def _note_name(block: Element, whole: Element, folder: Folder) -> None:
    """The name and the title of a text in a unit are for authors alone, unless the name refers to its file."""
    if whole.tag == "html":
        if whole.attributes.get("display_name", "").strip():
            folder.lose(
                whole, "display_name", "the lesson has the title of its unit", is_minor=True
            )
        if "url_name" in block.attributes and not block.is_empty:
            folder.lose(block, "url_name", "the lesson has the name of its unit", is_minor=True)


def _add(block: Element, unit: _Unit, folder: Folder, keys: Keys) -> None:
    if block.tag == "html":
        _add_text(block, folder, unit)
    elif block.tag == "video":
        _add_video(block, folder, unit)
    else:
        _add_questions(block, folder, unit, keys)


def _items(unit: _Unit, folder: Folder, keys: Keys) -> Iterator[ModuleItem]:
    if unit.texts:
        name = f"{unit.name}-text" if unit.questions and unit.name else unit.name
        key = keys.key_for(name, otherwise="lesson")
        yield ModuleItem(key=key, title=unit.title, body="\n\n".join(unit.texts))
    for video, url in unit.videos:
        yield _external(video, url, keys, title=unit.title)
    if unit.questions:
        yield ModuleItem(
            key=keys.key_for(unit.name, otherwise="assessment"),
            title=unit.title,
            type=ItemType.ASSESSMENT,
            is_required=not _is_worth_nothing(unit, folder),
            assessment=Assessment(
                questions=tuple(unit.questions), attempt_limit=_attempt_limit(unit, folder)
            ),
        )


def _is_worth_nothing(unit: _Unit, folder: Folder) -> bool:
    """Whether no problem of the unit has any weight, so that it does not count for the course."""
    worthless = [problem for problem in unit.problems if is_worth_nothing(problem)]
    is_unit_worthless = len(worthless) == len(unit.problems)
    reason = "a question has at least 1 point; "
    reason += "the assessment is not required instead" if is_unit_worthless else "it counts now"
    for problem in worthless:
        folder.lose(problem, "weight", reason)
    return is_unit_worthless


def _attempt_limit(unit: _Unit, folder: Folder) -> int | None:
    """The number of attempts if all problems of the unit have the same; if not, there is no limit, which is noted."""
    texts = [problem.attributes.get("max_attempts", "").strip() for problem in unit.problems]
    limits = {"" if text.lower() in ("null", "none") else text for text in texts}
    if limits == {""}:
        return None
    (text, *others) = limits
    if not others and text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_ATTEMPTS:
        return int(text)
    reason = "the problems of the unit differ" if others else f"it is not 1 to {MOST_ATTEMPTS}"
    for problem in unit.problems:
        if problem.attributes.get("max_attempts", "").strip():
            folder.lose(problem, "max_attempts", f"attempts are unlimited, since {reason}")
    return None


def _add_text(block: Element, folder: Folder, unit: _Unit) -> None:
    text = _text_of(block, folder)
    if not text:
        return
    if unit.length + len(text) > LONGEST_BODY:
        folder.leave_out(block, f"the text of a unit is longer than {LONGEST_BODY:,} characters")
        return
    if unit.videos or unit.questions:
        folder.lose(block, "place", "the texts of a unit stand before its videos and questions")
    unit.texts.append(text)
    unit.length += len(text) + 2


def _text_of(html: Element, folder: Folder) -> str:
    """The text of an html block, inline or in a file of its own, as Markdown."""
    if not html.is_empty:
        if "filename" in html.attributes:
            folder.lose(html, "filename", "the text in the element replaces the file")
        return folder.markdown_in(html, html.inner_html if html.children else html.text)
    file = html.attributes.get("filename") or html.attributes.get("url_name", "")
    if not file:
        folder.leave_out(html, "it has no text")
        return ""
    path = f"html/{file.replace(':', '/')}.html"
    try:
        return folder.markdown_in(html, folder.text_at(path), file=path, line=1)
    except UnreadableFile as error:
        folder.leave_out(html, str(error))
        return ""


def _add_video(video: Element, folder: Folder, unit: _Unit) -> None:
    for name, url in _urls_of(video):
        if _is_web_url(url):
            if unit.questions:
                folder.lose(video, "place", "the videos of a unit stand before its questions")
            _note_other_sources(video, name, url, folder)
            unit.videos.append((video, url))
            return
    folder.leave_out(video, "it has no URL")


def _note_other_sources(video: Element, used: str, url: str, folder: Folder) -> None:
    """Note what the video has beside the URL: other sources, transcripts and handouts."""
    for name in ("youtube_id_1_0", "youtube", "source", "html5_sources"):
        value = video.attributes.get(name, "").strip()
        if name != used and value not in ("", "[]"):
            is_same = value.endswith(url.removeprefix(YOUTUBE))
            folder.lose(video, name, "the first source is used", is_minor=is_same)
    for inner in video.children:
        source = inner.attributes.get("src") or inner.attributes.get("url", "")
        is_used = used == "" and inner.tag in ("source", "encoded_video") and source.strip() == url
        if is_used:
            folder.note_attributes(inner)
            folder.leave_out_children(inner)
        elif inner.tag in ("source", "encoded_video"):
            folder.leave_out(inner, "the first source is used")
        else:
            folder.leave_out(inner)


def _urls_of(video: Element) -> Iterator[tuple[str, str]]:
    """The URLs of the video, YouTube first, each with the attribute that has it; empty for elements in it."""
    attributes = video.attributes
    youtube = attributes.get("youtube", "")
    speeds = dict(part.split(":", 1) for part in youtube.split(",") if ":" in part)
    for name, youtube_id in (
        ("youtube_id_1_0", attributes.get("youtube_id_1_0", "")),
        ("youtube", speeds.get("1.00", "")),
    ):
        if youtube_id.strip():
            yield name, f"{YOUTUBE}{quote(youtube_id.strip(), safe='')}"
    for source in video.all("source", "encoded_video"):
        yield "", (source.attributes.get("src") or source.attributes.get("url", "")).strip()
    yield "source", attributes.get("source", "").strip()
    for source_url in attributes.get("html5_sources", "").strip("[]").replace('"', "").split(","):
        yield "html5_sources", source_url.strip()


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
    questions = questions_of(problem, folder, keys)
    room = MOST_QUESTIONS - len(unit.questions)
    if len(questions) > room:
        folder.leave_out(problem, f"a unit has at most {MOST_QUESTIONS} questions")
    if questions[:room]:
        unit.questions += questions[:room]
        unit.problems.append(problem)
