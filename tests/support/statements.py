"""xAPI statements over HTTP."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from tests.support.application import Answer, Person

PATH: Final = "/v1/xapi/statements"
Statement = Mapping[str, Any]


class Reader:
    """A person who reads statements."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def answer(self, /, **parameters: Any) -> Answer:
        return self.person.caller.get(f"{PATH}?{urlencode(parameters)}")

    def statements(self, /, **parameters: Any) -> list[Statement]:
        answer = self.answer(**parameters)
        assert answer.status == 200, answer.text
        return list(answer.json["statements"])

    def problem(self, query: str) -> tuple[int, str, str]:
        answer = self.person.caller.get(f"{PATH}?{query}")
        return answer.status, answer.code, answer.json["detail"]


def an_account(name: str, home: str = settings.ENVIRONMENT.public_url) -> str:
    return json.dumps({"account": {"homePage": home, "name": name}})
