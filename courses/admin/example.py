"""The example that new courses can start from."""

from typing import Final

EXAMPLE: Final = """\
slug: example
title: Example
modules:
  - key: basics
    title: Basics
    items:
      - key: welcome
        title: Welcome
        body: |
          Say what learners will be able to do afterwards, and how long it takes.

          - Write in **Markdown**.
          - One idea a lesson.
      - key: further-reading
        title: Further reading
        type: external
        required: false
        url: https://commonmark.org/help/
  - key: check
    title: Check
    items:
      - key: quiz
        title: Quiz
        type: assessment
        body: Two questions. You need both points to pass.
        assessment:
          pass_percent: 100
          questions:
            - key: question-1
              kind: mcq
              prompt: Which language are lessons written in?
              choices:
                - {key: choice-1, text: Markdown, right: true}
                - {key: choice-2, text: HTML}
            - key: question-2
              kind: short
              prompt: How many ideas does a lesson have?
              accepts: [one]
              number: 1
"""
