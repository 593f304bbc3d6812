"""PDF files that reportlab writes, read back as far as their tags go."""

import re
import zlib
from base64 import a85decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

OBJECT: Final = re.compile(rb"^(\d+) 0 obj\n(.*?)^endobj$", re.DOTALL | re.MULTILINE)
STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
KID: Final = re.compile(r"/Obj (?P<link>\d+) 0 R|(?P<element>\d+) 0 R|(?P<mark>\d+)")
MARKED: Final = re.compile(r"^/.*? B[DM]C$.*?^EMC$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class PdfFile:
    """A file with one page."""

    objects: Mapping[str, bytes]

    @classmethod
    def of(cls, content: bytes) -> "PdfFile":
        return cls({number.decode(): body for number, body in OBJECT.findall(content)})

    def value(self, number: str, name: str) -> str:
        """A member of an object: a number, a name, a text, or what an array contains; empty if there is none."""
        member = rf"/{name} (?:\[ (.*?) \](?=\s/|\s*>)|\((.*?)\)|/?([^\s/]+))"
        match = re.search(member, self.objects[number].decode("latin-1"), re.DOTALL)
        return "" if match is None else match[1] or match[2] or match[3]

    def only(self, type_: str) -> str:
        """The number of the only object of this type."""
        (number,) = (key for key in self.objects if self.value(key, "Type") == type_)
        return number

    @property
    def drawn(self) -> str:
        """The content of the page."""
        body = self.objects[self.value(self.only("Page"), "Contents")]
        (stream,) = STREAM.findall(body)
        if b"/ASCII85Decode" in body:
            stream = zlib.decompress(a85decode(b"<~" + stream.strip(), adobe=True))
        return str(stream.decode("latin-1"))

    @property
    def drawn_unmarked(self) -> str:
        """What of the page is neither content with a tag nor an artifact."""
        return MARKED.sub("", self.drawn)

    @property
    def elements_by_key(self) -> list[str]:
        """The numbers of the elements with the marks of the page, and after them those of links."""
        tree = self.value(self.only("StructTreeRoot"), "ParentTree")
        return re.findall(r"(\d+) 0 R", self.objects[tree].decode())

    def outline(self) -> list[str]:
        """The elements in their order, with a dot for each level, and with their marks and links."""
        return list(self._lines(self.value(self.only("StructTreeRoot"), "K").split()[0], ""))

    def _lines(self, number: str, dots: str) -> Iterator[str]:
        alt, kids = self.value(number, "Alt"), list(KID.finditer(self.value(number, "K")))
        parts = [f"{dots}{self.value(number, 'S')}"]
        parts += [f"“{alt}”"] if alt else []
        parts += [f"#{kid['mark']}" for kid in kids if kid["mark"]]
        parts += [f"<{self.value(kid['link'], 'Contents')}>" for kid in kids if kid["link"]]
        yield " ".join(parts)
        for kid in kids:
            if kid["mark"]:
                assert self.elements_by_key[int(kid["mark"])] == number
            elif kid["link"]:
                assert self.elements_by_key[-1] == number
            else:
                assert self.value(kid["element"], "P") == number
                yield from self._lines(kid["element"], f"{dots}.")
