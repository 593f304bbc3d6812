"""The example environment file is complete, and every variable is used."""

import re
from dataclasses import fields

from authsvc.config.environment import Environment
from authsvc.config.variables import ROOT, example
from tests.support.sources import SHIPPED, sources


def test_the_example_names_every_variable_with_its_meaning_and_default() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()


def test_what_the_environment_says_is_used() -> None:
    use = re.compile(r"\b(?:environment|ENVIRONMENT|self)\.(\w+)")
    used = {name for source in sources(*SHIPPED) for name in use.findall(source.text)}

    assert [field.name for field in fields(Environment) if field.name not in used] == []
