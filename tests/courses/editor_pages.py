"""The course editor in a browser of staff: its addresses, and the form of an item."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final

from accounts.domain.access import OPERATOR
from accounts.models import AuditEntry
from courses.domain.entities.courses import Course, CourseDefinition
from tests.support.application import Application
from tests.support.staff import StaffBrowser

COURSES: Final = "courses/course/"
RICH: Final = """\
slug: rich
title: Rich
modules:
  - key: all
    title: All kinds
    items:
      - key: text
        title: A "quoted" <title> & more
        body: |2

          Two lines,

              code and <b>tags</b> & entities.
      - key: link
        title: A link
        type: external
        required: false
        body: See there.
        url: https://knots.example/?a=1&b=2
      - key: quiz
        title: A quiz
        type: assessment
        body: ''
        assessment:
          type: exam
          scoring: rubric
          pass_percent: 75
          attempts: 3
          minutes: 30
          late: mark
          due: 2026-12-24T23:59:59Z
          questions:
            - key: one
              kind: mcq
              prompt: One?
              max_score: 2
              choices: [{key: a, text: " A ", right: true}, {key: b, text: B}]
            - key: two
              kind: short
              prompt: Two?
              accepts: [two, Two knots]
              feedback: "**Two** & <b>not</b> three.\\n"
              case_sensitive: true
              ignore_spaces: true
            - {key: three, kind: short, prompt: Three?, number: 0.3, tolerance: 0.1, decimal_comma: true}
            - {key: four, kind: short, prompt: Four?, minimum: -1, maximum: 1.5}
            - key: five
              kind: code
              prompt: Five?
              max_score: 3
              rubric:
                - key: form
                  text: Form
                  max_score: 2
                  levels: [{score: 2, text: " Neat & dry "}, {score: 0, text: Loose}]
                - {key: speed, text: Speed, max_score: 1}
            - {key: six, kind: file, prompt: Six?}
            - {key: seven, kind: peer, prompt: Seven?}
"""


def draft_of(application: Application, course: Course) -> CourseDefinition:
    return application.services.authoring.export(str(course.id), by=OPERATOR)


def reasons(course: Course) -> list[str]:
    """The reasons that the audit log has about the course, oldest first."""
    entries = AuditEntry.objects.filter(subject_id=str(course.id)).order_by("pk")
    return [entry.reason for entry in entries]


def at(course: Course, rest: str) -> str:
    return f"{COURSES}{course.id}/{rest}"


class FieldParser(HTMLParser):
    """Reads what the form of an item would send, as it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._is_inside = given.get("class") == "item-form"
        if not self._is_inside:
            return
        is_ticked = given.get("type") != "checkbox" or "checked" in given
        if tag == "input" and is_ticked:
            default = "on" if given.get("type") == "checkbox" else ""
            self.fields[name] = given.get("value", default)
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


class ItemEditor:
    """The form of an item in a browser: it sends what it shows, with what the author changes."""

    def __init__(self, bo: StaffBrowser, course: Course, key: str) -> None:
        self.client = bo.client
        self.path = f"/admin/{COURSES}{course.id}/items/{key}/"
        self.fields: dict[str, str] = {}
        self.text = ""
        self.read(self.client.get(self.path))

    def read(self, response: Any) -> Any:
        parser = FieldParser()
        parser.feed(response.content.decode())
        self.text = unescape(response.content.decode())
        self.fields = parser.fields or self.fields
        return response

    def press(self, act: str, **changes: str) -> Any:
        """Press the button; underscores in front of numbers stand for hyphens."""
        fields = {name.replace("__", "-"): text for name, text in changes.items()}
        return self.read(self.client.post(self.path, self.fields | fields | {"act": act}))

    @property
    def errors(self) -> list[str]:
        return re.findall(r'class="error[^>]*>(.*?)</', self.text)

    def save(self, **changes: str) -> None:
        assert self.press("save", **changes).status_code in (302, 303), self.errors
