"""Secret files: readable by their owner only, never half written, and never in the repository."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def read_or_create_secret(path: Path, make: Callable[[], str]) -> str:
    """The text stored at *path*. If there is none, store what *make* returns, readable by its owner only.

    Several processes may call this at once: all get the text of the first one.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _draft(path) as draft:
            draft.write_text(make())
            with suppress(FileExistsError):
                os.link(draft, path)
    return path.read_text()


def replace_secret(path: Path, text: str) -> None:
    """Replace the file at *path* atomically. Raises OSError."""
    with _draft(path) as draft:
        draft.write_text(text)
        draft.replace(path)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """An empty file beside *path* that no other process uses. It is gone afterwards, unless it has become *path*."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)
