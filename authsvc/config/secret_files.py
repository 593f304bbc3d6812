"""What a desk makes for itself at first run and keeps: secrets that never enter the repository."""

import os
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text kept at *path*; if there is none, what *make* gives, kept from now on for its owner's eyes alone.

    Several processes may ask at once: all get the text of the one that was first.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        try:
            draft.write_text(make())
            os.link(draft, path)
        except FileExistsError:
            return path.read_text()
        finally:
            draft.unlink()
    return path.read_text()
