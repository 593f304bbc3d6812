"""Repository protocols: every store implements them, and every method is tested."""

import re
from dataclasses import fields
from importlib import import_module
from inspect import getdoc, getmembers, isclass, isfunction, signature
from typing import Any, Final

import pytest

from authsvc.stores import Repositories
from authsvc.variables import ROOT
from tests.support.sources import APPS


def repositories_in(module: str) -> dict[str, type[Any]]:
    """The repositories that a module defines, by name."""
    found = getmembers(import_module(module), isclass)
    return {
        name: class_
        for name, class_ in found
        if name.endswith("Repository") and f"{class_.__module__}.".startswith(f"{module}.")
    }


def methods_of(class_: type[Any]) -> dict[str, Any]:
    """Its public methods, by name."""
    return {
        name: method for name, method in getmembers(class_, isfunction) if not name.startswith("_")
    }


PROMISES: Final = {
    name: (app, promise)
    for app in APPS
    for name, promise in repositories_in(f"{app}.domain.repositories.protocols").items()
}
METHODS: Final = [
    (name, method) for name, (_, promise) in PROMISES.items() for method in methods_of(promise)
]
STORES: Final = {"memory": "InMemory", "orm": "Orm"}


def player(name: str, store: str) -> type[Any]:
    app, _ = PROMISES[name]
    return repositories_in(f"{app}.domain.repositories.{store}")[STORES[store] + name]


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("store", STORES)
def test_a_store_plays_each_repository_and_no_others(app: str, store: str) -> None:
    promised = {STORES[store] + name for name, (of_app, _) in PROMISES.items() if of_app == app}

    assert set(repositories_in(f"{app}.domain.repositories.{store}")) == promised


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("name", PROMISES)
def test_a_player_does_what_is_promised_and_nothing_else(name: str, store: str) -> None:
    _, promise = PROMISES[name]

    assert set(methods_of(player(name, store))) == set(methods_of(promise))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(("name", "method"), METHODS)
def test_a_player_is_asked_in_the_words_of_the_promise(name: str, method: str, store: str) -> None:
    _, promise = PROMISES[name]

    played = methods_of(player(name, store))[method]

    assert signature(played) == signature(methods_of(promise)[method])


def test_a_repository_that_remembers_is_asked_in_the_same_words() -> None:
    cached = repositories_in("courses.domain.repositories.cached")["CachedCourseVersionRepository"]
    _, promise = PROMISES["CourseVersionRepository"]

    asked = {name: signature(method) for name, method in methods_of(cached).items()}

    assert asked == {name: signature(method) for name, method in methods_of(promise).items()}


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_a_promise_is_put_in_words(name: str, method: str) -> None:
    _, promise = PROMISES[name]

    words = getdoc(methods_of(promise)[method])

    assert words is not None
    assert words.endswith(".")


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_a_promise_is_tested_on_both_stores(name: str, method: str) -> None:
    app, promise = PROMISES[name]
    (field,) = (field.name for field in fields(Repositories) if field.type is promise)
    tests = [path.read_text() for path in (ROOT / "tests" / app).glob("test_*repositories*.py")]

    assert any(re.search(rf"\b{field}\.{method}\(", test) for test in tests)
