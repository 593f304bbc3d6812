"""CPU time and memory that readers and importers need for the most expensive inputs, each in a process of its own."""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

SECONDS_SHORT = 6


def written(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def outcome_of(read: Callable[[], object]) -> str:
    from authsvc.kernel.errors import Invalid  # noqa: PLC0415  # after Django's set-up

    try:
        read()
    except Invalid as error:
        return f"refused: {error.field_errors[0].detail[:60]}"
    return "read"


def measure(kind: str, name: str, read: Callable[[], object]) -> None:
    """Print the CPU seconds and the additional memory of the reader, in a child process."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    outcome = outcome_of(read)
    seconds = time.process_time() - begun
    mebibytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{kind:8} {name:28} {seconds:{SECONDS_SHORT}.2f} s {mebibytes:5.0f} MiB  {outcome}")
    sys.stdout.flush()
    os._exit(0)


def readers(size: int, folder: Path) -> list[tuple[str, str, Callable[[], object]]]:
    """By kind and name, what reads an input of this size."""
    from courses.definitions.courses import definition_of, read_definition  # noqa: PLC0415  # likewise
    from courses.definitions.olx.reading import read_olx  # noqa: PLC0415  # likewise
    from courses.definitions.pathways import pathway_of  # noqa: PLC0415  # likewise
    from tests.support import worst_inputs  # noqa: PLC0415  # likewise

    kinds: dict[str, tuple[Mapping[str, Any], Callable[[Any], object]]] = {
        "yaml": (worst_inputs.yaml_texts(size), read_definition),
        "json": (worst_inputs.json_values(size), definition_of),
        "pathway": (worst_inputs.pathways(size), pathway_of),
        "olx": (
            {
                name: written(files, folder / name)
                for name, files in worst_inputs.olx_courses(size).items()
            },
            read_olx,
        ),
        "archive": (worst_inputs.archives(folder, size), read_olx),
    }
    return [
        (kind, name, lambda read=read, value=value: read(value))  # type: ignore[misc]  # defaults bind the names
        for kind, (inputs, read) in kinds.items()
        for name, value in inputs.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=300_000, help="characters of each input")
    size = parser.parse_args().size
    os.environ |= {
        "APP_ENV": "test",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "authsvc.settings",
    }
    django.setup()
    with TemporaryDirectory() as folder:
        for kind, name, read in readers(size, Path(folder)):
            measure(kind, name, read)


if __name__ == "__main__":
    main()
