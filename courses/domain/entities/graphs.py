"""What leads in circles, whatever it is that leads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node")


def cycle_in(graph: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...]:
    """The first cycle that is met, from a node by way of others back to it; nothing when there is none.

    *graph* says to which nodes each one leads; what it does not name leads nowhere.
    """
    done: set[Node] = set()
    for start in graph:
        # The way from the start to where we are, and for each step the ways that are left to try.
        path: dict[Node, Iterator[Node]] = {} if start in done else {start: iter(graph[start])}
        while path:
            here = next(reversed(path))
            for there in path[here]:
                if there in path:
                    steps = list(path)
                    return (*steps[steps.index(there) :], there)
                if there not in done:
                    path[there] = iter(graph.get(there, ()))
                    break
            else:
                del path[here]
                done.add(here)
    return ()
