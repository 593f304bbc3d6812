"""RDF dataset canonicalization (RDFC-1.0) of JSON-LD documents, implemented with pyld.

JSON-LD drops what its contexts do not define, and what was dropped is not signed. Here it is an error instead.

Documents of one issuer differ in their texts alone. The first document of a shape is converted to RDF with marks in
the place of its texts; for all others of that shape, the texts are inserted, which is several times as fast.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count
from math import factorial
from threading import Lock
from typing import Any, Final

from pyld.canon import URDNA2015
from pyld.jsonld import JsonLdError, JsonLdProcessor

from authsvc.kernel.caches import BoundedCache
from credentials.openbadges.contexts import CONTEXTS
from credentials.openbadges.errors import InvalidDocument

Dataset = dict[str, list[dict[str, Any]]]
"""Triples by the name of their graph, as pyld has them."""

LONGEST_TEXT: Final = 400_000
MOST_TEXTS: Final = 2_500
LONGEST_ARRAY: Final = 200
"""Items. The time of pyld grows with their square."""

DEEPEST: Final = 24
MOST_SHAPES: Final = 128
LARGEST_TEMPLATE: Final = 400
"""Triples. Together with the number of shapes, it bounds the memory that strangers can fill."""

_BASE: Final = "undefined:/"
"""Relative URLs are resolved against it, which shows them."""

_URL: Final = re.compile(
    r"(?:https?://|did:|urn:|mailto:|tel:|data:)"
    r"[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ud800-\udfff]+"
)
_UNSIGNABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters, which RDFC-1.0 escapes and pyld does not, and halves of characters."""

_MARK: Final = re.compile(r"urn:mark:(\d+)")
_CONSTANTS: Final = frozenset({"@context", "type", "proofPurpose"})
"""Members whose texts are names that contexts define."""

_LONGEST_SHOWN: Final = 200
_MOST_NAMES: Final = 20
_MOST_PERMUTATIONS: Final = 2_000
_LONGEST_LIST: Final = 10  # of which there are too many permutations


def canonical_form(document: Mapping[str, Any]) -> str:
    """The document as canonical N-Quads.

    Raises InvalidDocument if a member would be left out: an undefined term, a relative URL, a null, an empty array or
    object, a keyword of JSON-LD. It also raises InvalidDocument for unknown contexts, and for documents that are large
    or made to be expensive.
    """
    parts = _Parts([])
    shape = parts.shape_of(document)
    with _LOCK:
        template = _TEMPLATES.find(shape)
        if template is None:
            template = _template_of(document, parts.texts)
            if len(template.triples) <= LARGEST_TEMPLATE:
                _TEMPLATES.put(shape, template)
    return _canonical(template.filled(parts.texts))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a document consists of: its shape and, in their order, its texts."""

    texts: list[str]

    def shape_of(self, value: Any, depth: int = 0) -> Hashable:
        """The value without its texts."""
        if isinstance(value, str):
            self._add(value)
            return str
        if depth > DEEPEST:
            raise InvalidDocument("The document is nested too deeply.")
        if isinstance(value, list) and len(value) > LONGEST_ARRAY:
            raise InvalidDocument(f"The document has an array of more than {LONGEST_ARRAY} items.")
        if isinstance(value, dict) and value:
            return dict, *[self._member(*member, depth) for member in value.items()]
        if isinstance(value, list) and value:
            return list, *[self.shape_of(item, depth + 1) for item in value]
        if isinstance(value, bool | int | float):
            return type(value), value
        raise InvalidDocument(
            "The document has a null or an empty array or object, which no signature covers."
        )

    def _add(self, text: str) -> None:
        if len(self.texts) >= MOST_TEXTS or len(text) > LONGEST_TEXT:
            raise InvalidDocument("The document is too large.")
        if _UNSIGNABLE.search(text):
            raise InvalidDocument("The document contains control characters or half of one.")
        self.texts.append(text)

    def _member(self, name: str, value: Any, depth: int) -> tuple[str, Hashable]:
        if name.startswith("@") and name != "@context":
            raise InvalidDocument(f"The document uses the keyword {name} of JSON-LD.")
        if name in _CONSTANTS:
            return name, _names_in(value)
        return name, self.shape_of(value, depth + 1)


def _names_in(value: Any) -> tuple[str, ...]:
    """Names of contexts or types. They are texts: a context within the document could define its terms differently."""
    names = value if isinstance(value, list) else [value]
    if not 1 <= len(names) <= _MOST_NAMES or not all(isinstance(name, str) for name in names):
        raise InvalidDocument("The contexts and types of a document must be texts.")
    if any(_MARK.fullmatch(name) for name in names):
        raise InvalidDocument("The contexts and types of a document must be known.")
    return tuple(names)


@dataclass(frozen=True, slots=True)
class _Term:
    """A subject, predicate, object or graph; *mark* is the number of the text that it consists of."""

    members: Mapping[str, str]
    mark: int | None

    @classmethod
    def of(cls, members: Mapping[str, str]) -> "_Term":
        mark = _MARK.fullmatch(members["value"])
        return cls(members, None if mark is None else int(mark[1]))

    def filled(self, texts: Sequence[str]) -> Mapping[str, str]:
        """Raises InvalidDocument."""
        if self.mark is None:
            return self.members
        text = texts[self.mark]
        if self.members["type"] == "IRI" and not _URL.fullmatch(text):
            raise InvalidDocument(f"{text[:_LONGEST_SHOWN]!r} is not an absolute URL.")
        return {**self.members, "value": text}


@dataclass(frozen=True, slots=True)
class _Template:
    """Triples with marks in the place of texts, each with its graph."""

    triples: Sequence[tuple[_Term, Mapping[str, _Term]]]

    @property
    def marks(self) -> AbstractSet[int | None]:
        return {
            term.mark for graph, triple in self.triples for term in (graph, *triple.values())
        } - {None}

    def filled(self, texts: Sequence[str]) -> Dataset:
        """The triples with these texts. Each occurs once, although equal texts make equal triples."""
        dataset: Dataset = {}
        known: set[tuple[Any, ...]] = set()
        for graph, triple in self.triples:
            name = graph.filled(texts)["value"]
            terms = {position: dict(term.filled(texts)) for position, term in triple.items()}
            identity = (name, *(tuple(term.values()) for term in terms.values()))
            if identity not in known:
                known.add(identity)
                dataset.setdefault(name, []).append(terms)
        return dataset


def _template_of(document: Mapping[str, Any], texts: Sequence[str]) -> _Template:
    """The template for documents of this shape. Raises InvalidDocument, also if it is wrong for the document itself."""
    template = _Template(
        [
            (
                _Term.of({"type": "IRI", "value": graph}),
                {position: _Term.of(term) for position, term in triple.items()},
            )
            for graph, triples in _converted(_marked(document, count())).items()
            for triple in triples
        ]
    )
    if len(template.marks) < len(texts):
        raise InvalidDocument("The document has a member that no signature would cover.")
    if _canonical(template.filled(texts)) != _canonical(_converted(document)):
        raise InvalidDocument("The document has a member whose meaning depends on its value.")
    return template


def _marked(value: Any, numbers: Iterator[int]) -> Any:
    """The value with marks in the place of its texts."""
    if isinstance(value, str):
        return f"urn:mark:{next(numbers)}"
    if isinstance(value, list):
        return [_marked(item, numbers) for item in value]
    if isinstance(value, dict):
        return {
            name: member if name in _CONSTANTS else _marked(member, numbers)
            for name, member in value.items()
        }
    return value


def _converted(document: Mapping[str, Any]) -> Dataset:
    """The document as RDF. Raises InvalidDocument."""
    dropped: list[str | None] = []
    processor = JsonLdProcessor(on_property_dropped=dropped.append)
    options = {"base": _BASE, "documentLoader": load_context}
    try:
        dataset: Dataset = processor.to_rdf(document, options)
    except JsonLdError as error:
        raise InvalidDocument(f"The document is invalid JSON-LD: {_cause_of(error)}") from None
    if dropped:
        names = ", ".join(sorted({str(name)[:_LONGEST_SHOWN] for name in dropped}))
        raise InvalidDocument(f"The contexts of the document do not define {names}.")
    for triple in (triple for triples in dataset.values() for triple in triples):
        for term in triple.values():
            if term["type"] == "IRI" and not _URL.fullmatch(term["value"]):
                name = term["value"].removeprefix(_BASE)[:_LONGEST_SHOWN]
                raise InvalidDocument(f"{name!r} is neither defined nor an absolute URL.")
    return dataset


def load_context(url: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Document loader for pyld. Raises JsonLdError for any context that does not ship with the application."""
    if url not in CONTEXTS:
        raise JsonLdError(
            f"The context {url} is unknown.",
            "jsonld.LoadDocumentError",
            code="loading document failed",
        )
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": CONTEXTS[url],
    }


def _cause_of(error: BaseException) -> str:
    """What the innermost error says."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error.args[0] if error.args else error)[:_LONGEST_SHOWN]


class _Bounded(URDNA2015):  # type: ignore[misc]  # pyld ships no types
    """Refuses datasets whose blank nodes can be told apart only at great expense."""

    permutations = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        self.permutations += sum(
            factorial(min(len(alike), _LONGEST_LIST)) for alike in related.values()
        )
        if self.permutations > _MOST_PERMUTATIONS:
            raise InvalidDocument("The document repeats the same content too often.")
        return related


def _canonical(dataset: Dataset) -> str:
    canonical: str = _Bounded().main(dataset, {"format": "application/n-quads"})
    return canonical


_LOCK: Final = Lock()
"""pyld's cache of contexts is not safe for threads."""

_TEMPLATES: Final = BoundedCache[Hashable, _Template](MOST_SHAPES)
