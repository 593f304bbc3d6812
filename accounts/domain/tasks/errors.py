"""Errors of tasks."""

from authsvc.kernel.errors import NotFound, TooMany


class TaskResultNotFound(NotFound):
    code = "task-result-not-found"
    title = "The task has no result file"
    explanation = "The task has written no file, or the caller or their token lacks the right to what it has written."


class TooManyTasks(TooMany):
    code = "too-many-tasks"
    title = "Too many tasks are unfinished"
    explanation = "{most} of your tasks have not ended. Wait until one has, or cancel one."
