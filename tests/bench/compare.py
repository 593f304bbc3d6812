"""Two revisions next to each other: the same scenarios, in alternation on the same machine."""

from dataclasses import asdict
from typing import Final

from tests.bench.scenarios import Scenario
from tests.bench.sides import Figures, Load, Side

LINE: Final = "{:12}{:16}{:>9}{:>9}{:>9}{:>9}{:>9}"


def compare(scenarios: list[Scenario], here: Side, other: Side, load: Load, *, rounds: int) -> None:
    """Print three lines for each scenario: both sides, and *here* divided by *other*."""
    print(LINE.format("", "", "req/s", "p50", "p99", "app CPU", "db CPU"))
    for scenario in scenarios:
        figures = _best_of(rounds, scenario, (here, other), load)
        for side in (here, other):
            print(_line(scenario.name, side.name, figures[side.name], digits=2))
        ratio = _ratio(figures[here.name], figures[other.name])
        print(_line(scenario.name, "ratio", ratio, digits=3), flush=True)


def _best_of(
    rounds: int, scenario: Scenario, sides: tuple[Side, Side], load: Load
) -> dict[str, Figures]:
    """The best of all rounds, figure by figure: other work on the machine only ever makes one worse.

    Each round begins with the other side.
    """
    measured: dict[str, list[Figures]] = {side.name: [] for side in sides}
    for side in sides:
        side.warm_up(scenario, load)
    for number in range(rounds):
        for side in sides if number % 2 else reversed(sides):
            measured[side.name].append(side.measure(scenario, load))
    return {name: _best(figures) for name, figures in measured.items()}


def _best(figures: list[Figures]) -> Figures:
    return Figures(
        rate=max(figure.rate for figure in figures),
        p50=min(figure.p50 for figure in figures),
        p99=min(figure.p99 for figure in figures),
        app=min(figure.app for figure in figures),
        database=min(figure.database for figure in figures),
    )


def _ratio(here: Figures, other: Figures) -> Figures:
    divisors = asdict(other)
    return Figures(
        **{name: value / (divisors[name] or float("nan")) for name, value in asdict(here).items()}
    )


def _line(scenario: str, name: str, figures: Figures, *, digits: int) -> str:
    values = (f"{value:.{digits}f}" for value in asdict(figures).values())
    return LINE.format(scenario, name, *values)
