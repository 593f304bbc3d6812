"""Repository protocols: every store implements them, and every method is tested."""

import re
from dataclasses import fields
from importlib import import_module
from inspect import getdoc, getmembers, isclass, isfunction, signature
from pkgutil import iter_modules
from typing import Any, Final

import pytest

from authsvc.composition.repositories import Repositories
from authsvc.config.variables import ROOT
from tests.support.sources import APPS


def repositories_in(module: str) -> dict[str, type[Any]]:
    """The repositories that a module, or a package of modules, defines, by name."""
    root = import_module(module)
    submodules = [name for _, name, _ in iter_modules(getattr(root, "__path__", []), f"{module}.")]
    return {
        name: class_
        for part in (root, *map(import_module, submodules))
        for name, class_ in getmembers(part, isclass)
        if name.endswith("Repository") and class_.__module__ == part.__name__
    }


def methods_of(class_: type[Any]) -> dict[str, Any]:
    """Its public methods, by name."""
    return {
        name: method for name, method in getmembers(class_, isfunction) if not name.startswith("_")
    }


FEATURES: Final = [
    "authsvc.events",
    "authsvc.jobs",
    "progress.domain.ai",
    *(
        f"{app}.domain" if app != "accounts" else f"{app}.domain.{feature}"
        for app in APPS
        for feature in (
            ("audit", "mail", "identity", "organizations", "integrations", "oauth")
            if app == "accounts"
            else ("",)
        )
    ),
]
PROMISES: Final = {
    name: (feature, protocol)
    for feature in FEATURES
    for name, protocol in repositories_in(f"{feature}.repositories.protocols").items()
}
STORES: Final = {"memory": "InMemory", "orm": "Orm"}


def implementation(name: str, store: str) -> type[Any]:
    feature, _ = PROMISES[name]
    return repositories_in(f"{feature}.repositories.{store}")[STORES[store] + name]


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("store", STORES)
def test_a_store_implements_each_repository_and_no_others(feature: str, store: str) -> None:
    promised = {STORES[store] + name for name, (of, _) in PROMISES.items() if of == feature}

    assert set(repositories_in(f"{feature}.repositories.{store}")) == promised


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("name", PROMISES)
def test_an_implementation_has_the_promised_methods_and_no_others(name: str, store: str) -> None:
    _, promise = PROMISES[name]

    assert set(methods_of(implementation(name, store))) == set(methods_of(promise))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("name", PROMISES)
def test_an_implementation_has_the_signatures_of_the_protocol(name: str, store: str) -> None:
    _, promise = PROMISES[name]
    implemented = methods_of(implementation(name, store))

    others = [
        method
        for method, promised in methods_of(promise).items()
        if signature(implemented[method]) != signature(promised)
    ]

    assert others == []


def test_a_repository_that_remembers_is_asked_in_the_same_words() -> None:
    cached = repositories_in("courses.domain.repositories.cached")["CachedCourseVersionRepository"]
    _, promise = PROMISES["CourseVersionRepository"]

    signatures = {name: signature(method) for name, method in methods_of(cached).items()}

    assert signatures == {name: signature(method) for name, method in methods_of(promise).items()}


@pytest.mark.parametrize("name", PROMISES)
def test_a_promise_is_put_in_words(name: str) -> None:
    _, promise = PROMISES[name]

    wordless = [
        method
        for method, promised in methods_of(promise).items()
        if not (getdoc(promised) or "").endswith(".")
    ]

    assert wordless == []


@pytest.mark.parametrize("name", PROMISES)
def test_a_promise_is_tested_on_both_stores(name: str) -> None:
    feature, promise = PROMISES[name]
    app = feature.removeprefix("authsvc.").partition(".")[0]
    (field,) = (field.name for field in fields(Repositories) if field.type is promise)
    tests = [path.read_text() for path in (ROOT / "tests" / app).glob("test_*repositories*.py")]

    called = set[str]().union(*(re.findall(rf"\b{field}\.(\w+)\(", test) for test in tests))

    assert methods_of(promise).keys() - called == set()
