"""Files of jobs that are written in pieces."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
import structlog

from authsvc.jobs.entities import PIECE_BYTES, JobId, Lease, Queue, StoredFile
from authsvc.jobs.ports import Run
from authsvc.jobs.services.pieces import PieceWriter
from tests.support.builders import NOON
from tests.support.jobs import Result, engine_with, enqueue, stored
from tests.support.worlds import World

MIB: Final = 2**20


def result_of(world: World, job_id: JobId) -> StoredFile:
    file = world.services.job_queue.result_file(job_id)
    assert file is not None
    return file


@pytest.mark.parametrize(
    ("sizes", "pieces"),
    [
        ([], [0]),
        ([0], [0]),
        ([1, 2], [3]),
        ([PIECE_BYTES], [PIECE_BYTES]),
        ([PIECE_BYTES - 1, 3], [PIECE_BYTES, 2]),
        ([3 * PIECE_BYTES + 5], [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 5]),
    ],
)
def test_what_is_written_comes_in_pieces_of_one_size(
    world: World, sizes: list[int], pieces: list[int]
) -> None:
    content = b"".join(bytes([number]) * size for number, size in enumerate(sizes))

    def write(run: Run) -> Result:
        with run.attaching("a.bin", "application/octet-stream") as file:
            begin = 0
            for size in sizes:
                assert file.write(content[begin : begin + size]) == size
                begin += size
        return None

    job_id = enqueue(world)
    engine_with(world, write).run_due(Queue.OUTBOUND)

    file = result_of(world, job_id)
    assert [len(piece) for piece in file.pieces] == pieces
    assert (file.content, file.size, file.name) == (content, len(content), "a.bin")


def test_memory_does_not_grow_with_a_file() -> None:
    lengths: list[int] = []
    writer = PieceWriter(lambda _, content: lengths.append(len(content)))

    with peak() as peaks:
        for number in range(64):
            writer.write(bytes([number]) * MIB)
        writer.close()

    assert sum(lengths) == 64 * MIB
    assert max(peaks) < 8 * MIB


def test_an_attempt_that_is_repeated_replaces_what_the_first_has_written(memory: World) -> None:
    def write(run: Run) -> Result:
        with run.attaching("a.txt", "text/plain") as file:
            file.write(b"a" * PIECE_BYTES * 2 if run.job.attempts == 1 else b"b")
            if run.job.attempts == 1:
                raise ConnectionResetError
        return None

    job_id = enqueue(memory)
    engine = engine_with(memory, write)
    with structlog.testing.capture_logs():
        engine.run_due(Queue.OUTBOUND)
    assert result_of(memory, job_id).size == 2 * PIECE_BYTES
    memory.clock.go_on(minutes=5)
    engine.run_due(Queue.OUTBOUND)

    assert result_of(memory, job_id).content == b"b"


def test_a_worker_that_lost_its_lease_adds_nothing_to_a_file(memory: World) -> None:
    def lose_the_lease(run: Run) -> Result:
        with run.attaching("a.txt", "text/plain") as file:
            file.write(b"a" * PIECE_BYTES)
            other = Lease(run.job.id)
            memory.repositories.jobs.save(replace(stored(memory, run.job.id), lease=other))
            file.write(b"b" * PIECE_BYTES)
        return None

    job_id = enqueue(memory)
    with structlog.testing.capture_logs() as lines:
        engine_with(memory, lose_the_lease).run_due(Queue.OUTBOUND)

    assert result_of(memory, job_id).content == b"a" * PIECE_BYTES
    assert [line["event"] for line in lines] == ["a job lost its lease"]


def test_writing_extends_the_lease(memory: World) -> None:
    def write(run: Run) -> Result:
        with run.attaching("a.txt", "text/plain") as file:
            memory.clock.go_on(minutes=2)
            file.write(b"a" * PIECE_BYTES)
            assert stored(memory, run.job.id).due_at == memory.clock.now() + engine.lease_time
        return {"written_at": str(memory.clock.now() - NOON)}

    job_id = enqueue(memory)
    engine = engine_with(memory, write)
    engine.run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).result == {"written_at": "0:02:00"}


@contextmanager
def peak() -> Iterator[list[int]]:
    """The greatest number of bytes that the block has allocated at a time, after it."""
    peaks: list[int] = []
    tracemalloc.start()
    try:
        yield peaks
        peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
