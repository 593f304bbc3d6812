"""The folder of a course as it is read: elements from their files, within a budget, and a record of what is lost."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final

from courses.definitions import marked_yaml
from courses.definitions.olx.files import LONGEST_FILE, CourseFiles, UnreadableFile, is_readable
from courses.definitions.olx.losses import STAFF_ONLY, Loss, loss_of_attribute, mapped_attributes
from courses.definitions.olx.markdown import UnreadableHtml, markdown_of
from courses.definitions.olx.markup import Effort, Element, TooMuch, UnreadableXml, parse
from courses.definitions.olx.policies import Policy, members_in, policy_in

MOST_FILES: Final = 20_000
MOST_BYTES_READ: Final = 50_000_000
"""Bytes of all files that are read; a file that is read again counts again."""
LONGEST_POLICY: Final = 400_000
INHERITED: Final = ("max_attempts",)
"""Attributes that parts of an element have unless they set them themselves."""


@dataclass(slots=True)
class Folder:
    files: CourseFiles
    effort: Effort = field(default_factory=Effort)
    losses: list[Loss] = field(default_factory=list)
    policy: Policy = field(default_factory=Policy)
    bytes_read: int = 0
    _read: list[str] = field(default_factory=list)

    def leave_out(self, element: Element, reason: str = "") -> None:
        self.losses.append(
            Loss(file=element.file, line=element.line, element=element.tag, reason=reason)
        )

    def leave_out_children(self, element: Element) -> None:
        for inner in element.children:
            self.leave_out(inner)

    def lose(
        self, element: Element, attribute: str, reason: str = "", *, is_minor: bool = False
    ) -> None:
        """Note that an attribute of the element has no equivalent."""
        self.losses.append(
            Loss(
                file=element.file,
                line=element.line,
                element=element.tag,
                attribute=attribute,
                reason=reason,
                is_minor=is_minor,
            )
        )

    def note_presentation(self, element: Element) -> None:
        """Note that an element is left out, but nothing that it contains."""
        self.losses.append(
            Loss(file=element.file, line=element.line, element=element.tag, is_minor=True)
        )

    def note_attributes(self, element: Element, *, but: Collection[str] = ()) -> None:
        """Note the attributes of the element that are not mapped."""
        used = mapped_attributes(element.tag)
        for name, value in element.attributes.items():
            if name not in used and name not in but:
                self._note(element.file, element.line, element.tag, name, value)

    def note_text(self, element: Element) -> None:
        """Note text directly in an element that has none in OLX."""
        if any(isinstance(inner, str) and inner.strip() for inner in element.content):
            self.leave_out(element, "there is text directly in it, which is left out")

    def _note(self, file: str, line: int, tag: str, name: str, value: str) -> None:
        loss = loss_of_attribute(file, line, tag, name, value)
        if loss is not None:
            self.losses.append(loss)

    def element_at(self, name: str) -> Element:
        """The root of an XML file. Raises UnreadableFile, UnreadableXml, TooMuch."""
        return parse(self._bytes(name), name, self.effort)

    def text_at(self, name: str) -> str:
        """Raises UnreadableFile, TooMuch."""
        try:
            return self._bytes(name).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableFile(f"{name} is not text in UTF-8") from None

    def has(self, name: str) -> bool:
        return ".." not in PurePosixPath(name).parts and self.files.has(name)

    def whole(self, element: Element, *, within: Mapping[str, str] | None = None) -> Element | None:
        """The element, from its own file if it refers to one, with its policy and the attributes it inherits.

        None, and noted, if its file cannot be read or only staff may see it.
        """
        inherited = {name: within[name] for name in INHERITED if within and name in within}
        name = element.attributes.get("url_name", "")
        target = self._target(element, name) if element.is_empty and name else element
        if target is None:
            return None
        merged = self.with_policy(element, target, inherited)
        if merged.attributes.get(STAFF_ONLY, "").strip().lower() == "true":
            self.leave_out(merged, "only staff may see it")
            return None
        return merged

    def with_policy(
        self, element: Element, target: Element, inherited: Mapping[str, str]
    ) -> Element:
        """The target, with the attributes of the element that refers to it, of its policy, and inherited ones.

        Attributes that are not mapped, or replaced, are noted at their places.
        """
        name = element.attributes.get("url_name", "")
        entry = self.policy.take(target.tag, name)
        values = {attribute: value.text for attribute, value in entry.items()}
        for part in (element, target) if target is not element else (target,):
            winners = values if part is target else {**target.attributes, **values}
            self.note_attributes(part, but=winners)
            for attribute, value in part.attributes.items():
                if attribute in winners and attribute != "url_name":
                    winner = self.policy.file if attribute in entry else target.file
                    is_same = value == winners[attribute]
                    self.lose(part, attribute, f"{winner} replaces it", is_minor=is_same)
        for attribute, set_ in entry.items():
            if attribute not in mapped_attributes(target.tag):
                self._note(self.policy.file, set_.line, target.tag, attribute, set_.text)
        attributes = {**inherited, **element.attributes, **target.attributes, **values}
        if name:
            attributes["url_name"] = name
        return replace(target, attributes=attributes)

    def _target(self, element: Element, name: str) -> Element | None:
        """The root of the file that the element refers to, or the element if it refers to none."""
        stem = f"{element.tag}/{name.replace(':', '/')}"
        file = f"{stem}.xml"
        is_whole = set(element.attributes) > {"url_name"}
        is_text = element.tag == "html" and self.has(f"{stem}.html")
        if (is_whole or is_text) and not self.has(file):
            return element
        try:
            target = self.element_at(file)
        except UnreadableFile as error:
            self.leave_out(element, str(error))
            return None
        except UnreadableXml as error:
            self.losses.append(
                Loss(file=file, line=error.line, element=element.tag, reason=str(error))
            )
            return None
        if target.tag != element.tag:
            self.leave_out(element, f"{file} contains a <{target.tag}>")
            return None
        return target

    def markdown_in(self, html: Element, text: str, *, file: str = "", line: int = 0) -> str:
        """The text of the element as Markdown. Empty, and noted, if it cannot be converted."""

        def note(at: int, tag: str, attribute: str, is_minor: bool) -> None:  # noqa: FBT001  # of the type Note
            self.losses.append(
                Loss(
                    file=file or html.file,
                    line=at,
                    element=tag,
                    attribute=attribute,
                    is_minor=is_minor,
                )
            )

        try:
            return markdown_of(text, line=line or html.line, note=note, effort=self.effort)
        except UnreadableHtml as error:
            self.leave_out(html, str(error))
            return ""

    def read_policies(self, run: str) -> None:
        """Read the policy of the course; what a grading policy says is noted."""
        file = f"policies/{run}/policy.json"
        if not self.has(file):
            run, file = "", "policies/policy.json"
        if self.has(file):
            try:
                self.policy = policy_in(self._policy_at(file), file)
            except (UnreadableFile, marked_yaml.UnreadableYaml) as error:
                self.losses.append(Loss(file=file, attribute="the policy", reason=str(error)))
        self._note_grading(str(PurePosixPath("policies", run, "grading_policy.json")))

    def _policy_at(self, file: str) -> str:
        """Raises UnreadableFile."""
        text = self.text_at(file)
        if len(text) > LONGEST_POLICY:
            raise UnreadableFile(f"it is longer than {LONGEST_POLICY:,} characters")
        return text

    def _note_grading(self, file: str) -> None:
        if not self.has(file):
            return
        try:
            members = members_in(self._policy_at(file))
        except (UnreadableFile, marked_yaml.UnreadableYaml) as error:
            self.losses.append(Loss(file=file, attribute="the policy", reason=str(error)))
            return
        for name, line in members:
            reason = "a course is completed, not graded"
            self.losses.append(Loss(file=file, line=line, attribute=name, reason=reason))

    def note_unread(self) -> None:
        """Note the policies of unknown elements, and the files that were not read: others than text by folder."""
        self.losses.extend(self.policy.losses())
        read = set(self._read)
        unread = [name for name in self.files.names() if name not in read]
        for name in unread:
            if is_readable(name):
                self.losses.append(Loss(file=name))
        self._note_folders(name for name in unread if not is_readable(name))

    def _note_folders(self, names: Iterable[str]) -> None:
        for folder, inside in groupby(names, key=lambda name: name.partition("/")[0]):
            count = len(list(inside))
            files = "1 file is" if count == 1 else f"{count:,} files are"
            reason = f"{files} not imported"
            self.losses.append(Loss(file=folder, attribute="what is in it", reason=reason))

    def _bytes(self, name: str) -> bytes:
        self._read.append(name)
        if len(self._read) > MOST_FILES:
            raise TooMuch(f"more than {MOST_FILES:,} files of the course would be read")
        if ".." in PurePosixPath(name).parts:
            raise UnreadableFile(f"{name} is outside of the course")
        content = self.files.content(name)
        if len(content) > LONGEST_FILE:
            raise UnreadableFile(f"{name} is longer than {LONGEST_FILE:,} bytes")
        self.bytes_read += len(content)
        if self.bytes_read > MOST_BYTES_READ:
            raise TooMuch(f"more than {MOST_BYTES_READ:,} bytes of the course would be read")
        return content
