"""Caches in a process."""

from collections.abc import Callable

from authsvc.kernel.caches import BoundedCache


def test_a_value_is_made_once() -> None:
    cache, calls = BoundedCache[str, int](2), list[str]()

    def make() -> int:
        calls.append("made")
        return 0

    assert [cache.get("a", make), cache.get("a", make)] == [0, 0]
    assert calls == ["made"]


def test_there_are_never_more_values_than_that() -> None:
    cache, sizes = BoundedCache[int, str](2), []

    for number in range(5):
        cache.put(number, "value")
        sizes.append(len(cache))

    assert sizes == [1, 2, 1, 2, 1]
    assert (cache.find(4), cache.find(3)) == ("value", None)


def test_a_value_is_returned_although_another_thread_has_just_emptied_the_cache() -> None:
    cache = BoundedCache[str, str](1)

    def while_others_use_it(value: str) -> Callable[[], str]:
        def make() -> str:
            cache.put("other", "value")
            return value

        return make

    assert cache.get("mine", while_others_use_it("a")) == "a"
    cache.clear()
    assert cache.get("mine", while_others_use_it("b")) == "b"


def test_values_are_not_shown() -> None:
    cache = BoundedCache[str, str](1)
    cache.put("key", "a secret")

    assert "secret" not in repr(cache)
