"""Circles are found where they are, and nowhere else."""

import itertools
import random
from collections.abc import Mapping, Sequence

import networkx as nx
import pytest

from courses.domain.entities import cycle_in

Graph = Mapping[int, Sequence[int]]


def a_graph(seed: int) -> Graph:
    """Of up to twelve nodes, some of them unnamed, with few or many ways between them."""
    chance = random.Random(seed)
    size = chance.randint(0, 12)
    density = chance.choice([0.05, 0.1, 0.2, 0.4])
    named = range(chance.randint(0, size))
    graph = {node: [other for other in range(size) if chance.random() < density] for node in named}
    for ways in graph.values():
        chance.shuffle(ways)
    return graph


def is_cycle(path: Sequence[int], graph: Graph) -> bool:
    steps = list(itertools.pairwise(path))
    ends_where_it_begins = len(path) > 1 and path[0] == path[-1]
    return (
        ends_where_it_begins
        and len(set(path)) == len(path) - 1
        and all(there in graph.get(here, ()) for here, there in steps)
    )


@pytest.mark.parametrize("seed", range(400))
def test_a_circle_is_found_exactly_when_networkx_finds_one(seed: int) -> None:
    graph = a_graph(seed)

    found = cycle_in(graph)

    has_none = nx.is_directed_acyclic_graph(nx.DiGraph(graph))
    assert (found == ()) == has_none
    assert has_none or is_cycle(found, graph)


def test_about_half_of_these_graphs_have_circles() -> None:
    circular = sum(cycle_in(a_graph(seed)) != () for seed in range(400))

    assert 100 < circular < 300


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({}, ()),
        ({"a": ["b"]}, ()),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"]}, ()),
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, ("a", "b", "a")),
        ({"a": ["b"], "b": ["c"], "c": ["d", "b"]}, ("b", "c", "b")),
    ],
)
def test_a_circle_is_named_as_the_way_around(
    graph: Mapping[str, Sequence[str]], cycle: Sequence[str]
) -> None:
    assert cycle_in(graph) == cycle


def test_a_way_may_be_as_long_as_it_likes() -> None:
    graph = {node: [node + 1] for node in range(100_000)}

    assert cycle_in(graph) == ()
