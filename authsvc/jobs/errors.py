"""Errors of jobs."""

from authsvc.kernel.errors import Conflict, NotFound


class UnknownJob(NotFound):
    code = "task-not-found"
    title = "Task not found"
    explanation = "There is no task with this id that you may see. Tasks are deleted some time after they end."


class JobEnded(Conflict):
    code = "task-ended"
    title = "Task has ended"
    explanation = "The task has already ended, so it cannot be cancelled."


class LeaseLost(Exception):
    """The attempt took longer than its lease, and another worker may have begun the job."""


class JobInterrupted(Exception):
    """The job was cancelled, or its worker is stopping. Raised inside a handler that reports its progress."""


class JobRetry(Exception):
    """An attempt that failed for a passing reason. Its text is stored and shown to staff, so it has no secrets."""
