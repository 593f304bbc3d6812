"""Size of modules and functions, and the reason on the line for every silenced check."""

import ast
import re
from typing import Final

from tests.support.sources import SHIPPED, Source, sources

LONGEST_MODULE: Final = 400
LONGEST_FUNCTION: Final = 40

OURS: Final = list(sources(*SHIPPED))
ALL: Final = [*OURS, *sources("tests")]


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef, source: Source) -> int:
    """How many lines of code it has, without docstring, decorators and the arguments of constructors."""
    uncounted: set[int] = set()
    if ast.get_docstring(function) is not None:
        uncounted.update(range(function.body[0].lineno, (function.body[0].end_lineno or 0) + 1))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and is_constructor(node):
            uncounted.update(range(node.lineno + 1, (node.end_lineno or 0) + 1))
    return sum(
        bool(re.match(r"\s*[^#\s]", source.lines[number - 1]))
        for number in range(function.lineno, (function.end_lineno or 0) + 1)
        if number not in uncounted
    )


def is_constructor(call: ast.Call) -> bool:
    """Whether a class is called with keyword arguments alone, so that each line is one fact."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name[:1].isupper() and not call.args and all(word.arg for word in call.keywords)


def is_raised_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_a_module_can_be_read_at_one_go() -> None:
    long = [source.name for source in ALL if len(source.lines) > LONGEST_MODULE]

    assert long == []


def test_a_function_can_be_seen_at_once() -> None:
    long = [
        f"{source.name}: {function.name}"
        for source in ALL
        for function in source.functions
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
        and length_of(function, source) > LONGEST_FUNCTION
    ]

    assert long == []


def test_a_module_says_in_a_sentence_what_it_is() -> None:
    sentence = re.compile(r"[A-Z.a-z].*[.:?]", re.DOTALL)
    docstrings = {
        source.name: (ast.get_docstring(source.tree) or "").partition("\n\n")[0]
        for source in ALL
        if source.text
    }

    assert [name for name, text in docstrings.items() if not sentence.fullmatch(text)] == []


def test_what_is_silenced_has_its_reason_on_the_line() -> None:
    reasoned = re.compile(r"# (noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\])  # \S.*")
    silenced = [
        (source.name, comment)
        for source in ALL
        for _, comment in source.comments
        if re.search("noqa|type: ignore", comment)
    ]

    assert silenced
    assert [(name, text) for name, text in silenced if not reasoned.fullmatch(text)] == []


def test_nothing_is_put_off() -> None:
    put_off = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

    assert [s.name for s in ALL if any(put_off.search(comment) for _, comment in s.comments)] == []


def test_only_what_is_expected_is_caught() -> None:
    # An error of a job must not end the worker, nor an outage of the store.
    workers = {"authsvc/jobs/services/engine.py", "authsvc/jobs/worker.py"}
    caught = [
        (source.name, node.lineno)
        for source in OURS
        if source.name not in workers
        for node in source.nodes(ast.ExceptHandler)
        if (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and not is_raised_again(node)
    ]

    assert caught == []


def test_the_domain_reads_the_time_from_the_clock_port_only() -> None:
    clocks = ("now", "utcnow", "today")
    calls = [
        node.func
        for source in OURS
        if source.is_in("domain", "kernel")
        for node in source.nodes(ast.Call)
    ]

    assert {
        ast.unparse(call)
        for call in calls
        if getattr(call, "attr", getattr(call, "id", "")) in clocks
    } == {"self.clock.now"}


def test_an_entity_is_given_its_id() -> None:
    makers = [
        source.name
        for source in OURS
        if re.search(r"domain/(\w+/)?entities\b", source.name)
        and any(node.id == "uuid4" for node in source.nodes(ast.Name))
    ]

    assert makers == []


def test_only_those_who_may_touch_rows_ask_for_them() -> None:
    may_touch = re.compile(
        r"(repositories/orm(/\w+)?|admin(/\w+)?|idempotency/orm|admin_site/people|backends|adapters/(second_factors|address_rows|email_links|staff_rights))\.py$"
    )
    readers = {
        source.name
        for source in OURS
        for node in source.nodes(ast.Attribute)
        if node.attr in ("objects", "_default_manager")
    }

    assert {name for name in readers if not may_touch.search(name)} == set()
