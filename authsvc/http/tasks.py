"""Tasks in answers: 202 Accepted, with the task and where to follow it."""

from typing import Any

from rest_framework import serializers

from accounts.public import Task
from authsvc.http.rendering import Accepted
from authsvc.jobs.entities import JobStatus

STATUSES = [status.value for status in JobStatus]


class TaskProgressSerializer(serializers.Serializer[Any]):
    """How far a task has come; `total` is null while it is unknown."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class TaskErrorSerializer(serializers.Serializer[Any]):
    """Why a task failed: the code of a problem, `task-expired` or `task-failed`."""

    code = serializers.CharField()
    detail = serializers.CharField()


class TaskSerializer(serializers.Serializer[Task]):
    """Work that outlives the request which asked for it. Its `result` depends on its kind."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    progress = TaskProgressSerializer()
    result = serializers.DictField(allow_null=True)
    result_url = serializers.CharField(allow_null=True)
    error = TaskErrorSerializer(allow_null=True)
    org_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


def accepted(task: Task) -> Accepted:
    """The answer of an operation that goes on as a task: its `accepted` is `TaskSerializer`."""
    return Accepted(task, location=task.url)
