"""docs/glossary.md defines every entity, and names only classes that exist."""

import re
import sys
from collections import Counter
from importlib import import_module
from typing import Final, Protocol

from django.urls import get_resolver

from authsvc.kernel.errors import DomainError
from tests.support.documents import page

PAGE: Final = page("docs/glossary.md")
APPS: Final = ("accounts", "courses", "progress", "credentials")
ENTITIES: Final = re.compile(r"\w+\.domain\.(access|(\w+\.)?entities(\.\w+)?)")


def _entities() -> set[str]:
    """The names of all public entity classes."""
    get_resolver().check()  # imports every app
    return {
        name
        for module in list(sys.modules.values())
        if ENTITIES.fullmatch(module.__name__)
        for name, thing in vars(module).items()
        if isinstance(thing, type)
        and not name.startswith("_")
        and not getattr(thing, "_is_protocol", False)
        and thing.__module__ == module.__name__
        and not issubclass(thing, DomainError)
        and Protocol not in thing.__bases__
        and not name.startswith("_")
    }


def _classes() -> set[str]:
    """The names of all classes of the application."""
    get_resolver().check()  # imports all views, and with them every app
    import_module("courses.definitions.olx.reading")  # imported by a command only
    return {
        name
        for module in list(sys.modules.values())
        if module.__name__.startswith(("authsvc.", *(f"{app}." for app in APPS)))
        for name, thing in vars(module).items()
        if isinstance(thing, type)
    }


def test_every_entity_is_in_the_glossary() -> None:
    missing = {name for name in _entities() if f"`{name}`" not in PAGE}

    assert len(_entities()) > 40
    assert missing == set()


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", PAGE))

    assert named - _classes() == set()


def test_no_word_is_explained_twice() -> None:
    words = Counter(re.findall(r"\*\*(.+?)\*\*", PAGE))

    assert [word for word, times in words.items() if times > 1] == []
