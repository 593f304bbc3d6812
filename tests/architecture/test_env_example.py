"""The example environment file is complete, and every variable is used."""

import re
from dataclasses import fields

import pytest

from authsvc.config.environment import Environment
from authsvc.config.variables import ROOT, example
from tests.support.sources import SHIPPED, sources


def test_the_example_names_every_variable_with_its_meaning_and_default() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()


@pytest.mark.parametrize("name", [field.name for field in fields(Environment)])
def test_what_the_environment_says_is_used(name: str) -> None:
    use = re.compile(rf"\b(environment|ENVIRONMENT|self)\.{name}\b")

    assert any(use.search(source.text) for source in sources(*SHIPPED))
