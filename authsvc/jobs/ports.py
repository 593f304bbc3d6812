"""Ports of the job engine."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from authsvc.jobs.entities import (
    Job,
    JobFile,
    JobProgress,
    Queue,
    RetryPolicy,
    StoredFile,
)


class Carrier(Protocol):
    """What tells workers about new jobs. It may lose its message: workers also look for jobs that are due."""

    def announce(self, jobs: Sequence[Job]) -> None:
        """Let workers know of jobs that were committed and are due."""


class Broker(Carrier, Protocol):
    """A carrier to workers in other processes, which run the jobs that it names."""

    def waiting(self, queue: Queue) -> int:
        """How many of its messages no worker has received; more than any number while it is away."""


class Writable(Protocol):
    """What a file in pieces can be written to, also by `gzip`."""

    def write(self, content: bytes, /) -> int:
        """Take the content, and return its length."""

    def flush(self) -> None:
        """Store nothing yet: pieces have one size."""


class Run(Protocol):
    """An attempt at a job, as its handler sees it."""

    @property
    def job(self) -> Job:
        """The job, as it was when the attempt began."""

    def report(self, progress: JobProgress) -> None:
        """Store the progress and extend the lease.

        Call it at least once a minute in handlers that take long, outside of units of work. Raises JobInterrupted
        when the job was cancelled or the worker is stopping, and LeaseLost when another worker may have begun it.
        """

    def input_file(self) -> StoredFile:
        """The file that came with the request."""

    def attach(self, file: JobFile) -> None:
        """Store the file that is the result."""

    def attaching(self, name: str, media_type: str) -> AbstractContextManager[Writable]:
        """Write the file that is the result, of whatever size: pieces of it are stored while the block writes.

        Writing extends the lease, as a report does, and raises LeaseLost. The file is complete after the block.
        """


class LeaseKeeper(Protocol):
    """What extends the lease of an attempt while its handler cannot report."""

    def keeping(
        self, extend: Callable[[], bool], *, every: timedelta
    ) -> AbstractContextManager[None]:
        """Call *extend* again and again until the block ends, or until it returns False.

        It is called outside of the block's unit of work, whose changes nobody sees before it ends.
        """


Handler = Callable[[Run], Mapping[str, Any] | None]
"""Does the work of a job, and returns its result, a JSON object.

Raises JobRetry or Busy for a passing failure; any other DomainError is final. An attempt may be repeated after it has
succeeded, if the worker is killed before it has stored that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job: its name, what does its work, and how failures are repeated.

    With `is_atomic` the work and its success are committed together, so that it happens once. Handlers that cannot
    report in time state their `longest_silence`, in which the lease of their attempts is extended for them. Unless it
    `is_kept`, a job that has succeeded is deleted at once: it has neither a file nor a result that anybody would look
    at.
    """

    name: str
    run: Handler = field(repr=False)
    queue: Queue = Queue.OUTBOUND
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    is_atomic: bool = False
    longest_silence: timedelta | None = None
    is_kept: bool = True
