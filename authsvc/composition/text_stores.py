"""Stores of the texts of AI sessions: a folder, a storage of Django such as an S3 bucket, or memory."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from accounts.public import UserId
from authsvc.config.environment import Environment
from authsvc.kernel.clock import Clock
from authsvc.kernel.ids import parse_uuid
from progress.domain.ai.errors import TextAltered
from progress.domain.ai.ports import TextStore

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def text_store_of(environment: Environment, clock: Clock) -> TextStore:
    """The store that the environment names; in memory without a database, whose rows are lost as well."""
    if not environment.has_database:
        return InMemoryTextStore(clock=clock)
    if not environment.keeps_texts_on_s3:
        return FolderTextStore(environment.data_dir / environment.ai_texts, clock=clock)
    bucket, _, prefix = environment.ai_texts.removeprefix("s3://").partition("/")
    return StorageTextStore(_s3(bucket), prefix=prefix.strip("/"))


def _s3(bucket: str) -> Storage:
    from authsvc.composition.s3_storage import S3Bucket  # noqa: PLC0415  # needs django-storages, an extra

    return S3Bucket(bucket_name=bucket, file_overwrite=True, default_acl=None)


def _encoded(text: str) -> tuple[bytes, str]:
    """The text in UTF-8, and its hash. A lone surrogate, which UTF-8 cannot represent, becomes a question mark."""
    content = text.encode(errors="replace")
    return content, sha256(content).hexdigest()


def _verified(content: bytes, content_hash: str) -> str:
    """Raises TextAltered."""
    if sha256(content).hexdigest() != content_hash:
        raise TextAltered
    return content.decode()


def _parts(owner: UserId, content_hash: str) -> tuple[str, str, str]:
    """The parts of the path of a text. Raises TextAltered unless the hash is one: a row was tampered with."""
    if not _HASH.fullmatch(content_hash):
        raise TextAltered
    return str(owner), content_hash[:2], content_hash


@dataclass(slots=True)
class InMemoryTextStore:
    """Texts in memory, beside the database in memory: like files, they do not follow its transactions."""

    clock: Clock
    _texts: dict[tuple[UserId, str], tuple[bytes, datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, owner: UserId, text: str) -> str:
        content, content_hash = _encoded(text)
        with self._lock:
            self._texts[owner, content_hash] = content, self.clock.now()
        return content_hash

    def get(self, owner: UserId, content_hash: str) -> str | None:
        content, _ = self._texts.get((owner, content_hash), (None, None))
        return None if content is None else _verified(content, content_hash)

    def remove(self, owner: UserId, content_hash: str, *, stored_before: datetime) -> bool:
        with self._lock:
            text = self._texts.get((owner, content_hash))
            is_old = text is not None and text[1] < stored_before
            if is_old:
                del self._texts[owner, content_hash]
        return is_old

    def stored_before(
        self, moment: datetime, *, owner: UserId | None = None
    ) -> Iterator[tuple[UserId, str]]:
        with self._lock:
            stored = sorted(self._texts.items())
        keys = (key for key, (_, stored_at) in stored if stored_at < moment)
        return (key for key in keys if owner in (None, key[0]))


@dataclass(frozen=True, slots=True)
class FolderTextStore:
    """Texts as files `<user id>/<first two digits of the hash>/<hash>`, readable by their owner only."""

    root: Path
    clock: Clock = field(kw_only=True)

    def put(self, owner: UserId, text: str) -> str:
        content, content_hash = _encoded(text)
        path = self.root.joinpath(*_parts(owner, content_hash))
        self._write(path, content)
        return content_hash

    def get(self, owner: UserId, content_hash: str) -> str | None:
        try:
            content = self.root.joinpath(*_parts(owner, content_hash)).read_bytes()
        except FileNotFoundError:
            return None
        return _verified(content, content_hash)

    def remove(self, owner: UserId, content_hash: str, *, stored_before: datetime) -> bool:
        path = self.root.joinpath(*_parts(owner, content_hash))
        # Taken away first: it may be stored again at any moment, and then the new file stays.
        taken = path.with_name(f".{uuid4().hex}")
        try:
            path.rename(taken)
            if is_old := taken.stat().st_mtime < stored_before.timestamp():
                taken.unlink()
            else:
                taken.replace(path)
        except FileNotFoundError:
            return False
        # The folders stay: removing them would be a race with whoever is about to write into them.
        return is_old

    def stored_before(
        self, moment: datetime, *, owner: UserId | None = None
    ) -> Iterator[tuple[UserId, str]]:
        for folder in sorted(self.root.glob(str(owner or "*"))):
            if person := parse_uuid(folder.name):
                yield from self._old_texts_in(folder, UserId(person), moment.timestamp())

    def _old_texts_in(
        self, folder: Path, owner: UserId, before: float
    ) -> Iterator[tuple[UserId, str]]:
        for path in folder.glob("*/*"):
            with suppress(FileNotFoundError):  # removed meanwhile
                if path.stat().st_mtime >= before:
                    continue
                if _HASH.fullmatch(path.name):
                    yield owner, path.name
                else:  # a draft of a process that was killed
                    path.unlink()

    def _write(self, path: Path, content: bytes) -> None:
        """Write the file so that it is complete whenever it is there, even after a loss of power."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (path.parents[1], path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{uuid4().hex}")
        try:
            with open(draft, "xb", opener=_private) as file:  # Path.open takes no opener
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            now = self.clock.now().timestamp()
            os.utime(draft, (now, now))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        entry = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True, slots=True)
class StorageTextStore:
    """Texts in a storage of Django, under the same names. Storages such as S3 replace objects atomically."""

    storage: Storage
    prefix: str = field(default="", kw_only=True)

    def put(self, owner: UserId, text: str) -> str:
        content, content_hash = _encoded(text)
        name = self._name(*_parts(owner, content_hash))
        if self.storage.save(name, ContentFile(content)) != name:
            # A storage that does not overwrite has stored it under another name.
            msg = "the storage must overwrite files of the same name"
            raise RuntimeError(msg)
        return content_hash

    def get(self, owner: UserId, content_hash: str) -> str | None:
        name = self._name(*_parts(owner, content_hash))
        try:
            with self.storage.open(name) as file:
                content: bytes = file.read()
        except FileNotFoundError:
            return None
        return _verified(content, content_hash)

    def remove(self, owner: UserId, content_hash: str, *, stored_before: datetime) -> bool:
        name = self._name(*_parts(owner, content_hash))
        try:
            is_old = self._stored_at(name) < stored_before
        except FileNotFoundError:
            return False
        if is_old:
            self.storage.delete(name)
        return is_old

    def stored_before(
        self, moment: datetime, *, owner: UserId | None = None
    ) -> Iterator[tuple[UserId, str]]:
        names = self._listed(self._name())[0] if owner is None else [str(owner)]
        for person in filter(None, map(parse_uuid, sorted(names))):
            for content_hash in self._hashes_of(str(person)):
                name = self._name(*_parts(UserId(person), content_hash))
                with suppress(FileNotFoundError):  # removed meanwhile
                    if self._stored_at(name) < moment:
                        yield UserId(person), content_hash

    def _hashes_of(self, owner: str) -> Iterator[str]:
        for begin in self._listed(self._name(owner))[0]:
            yield from filter(_HASH.fullmatch, self._listed(self._name(owner, begin))[1])

    def _listed(self, folder: str) -> tuple[list[str], list[str]]:
        """The names of the folders and files in a folder; nothing if there is none."""
        try:
            folders, files = self.storage.listdir(folder)
        except FileNotFoundError:
            return [], []
        return list(folders), list(files)

    def _stored_at(self, name: str) -> datetime:
        stored_at: datetime = self.storage.get_modified_time(name)
        return stored_at if stored_at.tzinfo else stored_at.replace(tzinfo=UTC)

    def _name(self, *parts: str) -> str:
        return "/".join([self.prefix, *parts] if self.prefix else parts)
