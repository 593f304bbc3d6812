"""Errors of tasks."""

from authsvc.kernel.errors import NotFound


class TaskResultNotFound(NotFound):
    code = "task-result-not-found"
    title = "The task has no result file"
    explanation = "The task has written no file, or the caller or their token lacks the right to what it has written."
