"""Text stores: the same promises in memory, in a folder and in a storage of Django."""

import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from accounts.domain.access import UserId
from authsvc.composition.s3_storage import S3Bucket
from authsvc.composition.text_stores import (
    FolderTextStore,
    InMemoryTextStore,
    StorageTextStore,
)
from progress.domain.ai.errors import TextAltered
from progress.domain.ai.ports import TextStore
from tests.support.worlds import FrozenClock

TEXTS = ["How?", "", "naïve 学生 🎓\n\0", "x" * 100_000]


class Overwriting(InMemoryStorage):
    """A storage that replaces files, as S3 does."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        self.delete(name)
        return name


@pytest.fixture(params=["memory", "folder", "storage", "storage-with-prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TextStore:
    clock = FrozenClock(at=datetime.now(UTC))
    stores: dict[str, Any] = {
        "memory": lambda: InMemoryTextStore(clock=clock),
        "folder": lambda: FolderTextStore(tmp_path / "texts", clock=clock),
        "storage": lambda: StorageTextStore(Overwriting()),
        "storage-with-prefix": lambda: StorageTextStore(Overwriting(), prefix="a/b"),
    }
    store: TextStore = stores[request.param]()
    return store


def a_user() -> UserId:
    return UserId(uuid4())


@pytest.mark.parametrize("text", TEXTS, ids=len)
def test_a_text_is_found_by_its_hash(store: TextStore, text: str) -> None:
    anna = a_user()

    content_hash = store.put(anna, text)

    assert content_hash == sha256(text.encode()).hexdigest()
    assert store.get(anna, content_hash) == text
    assert store.put(anna, text) == content_hash
    assert store.get(anna, content_hash) == text


def test_what_utf_8_cannot_represent_is_replaced(store: TextStore) -> None:
    anna = a_user()

    assert store.get(anna, store.put(anna, "a\ud800b")) == "a?b"


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def test_texts_of_persons_are_apart(store: TextStore) -> None:
    anna, ben = a_user(), a_user()
    of_both = [store.put(owner, "How?") for owner in (anna, ben)]

    assert store.remove(anna, of_both[0], stored_before=later())

    assert of_both[0] == of_both[1]
    assert store.get(anna, of_both[0]) is None
    assert store.get(ben, of_both[0]) == "How?"
    assert list(store.stored_before(later(), owner=ben)) == [(ben, of_both[0])]
    assert list(store.stored_before(later(), owner=anna)) == []


def test_one_text_is_removed_unless_it_was_stored_since(store: TextStore) -> None:
    anna = a_user()
    first, second = store.put(anna, "How?"), store.put(anna, "Why?")

    assert store.remove(anna, first, stored_before=later())
    assert not store.remove(anna, first, stored_before=later())
    assert not store.remove(anna, second, stored_before=later() - timedelta(hours=1))

    assert store.get(anna, first) is None
    assert store.get(anna, second) == "Why?"


def test_texts_are_listed_by_the_time_when_they_were_last_stored(store: TextStore) -> None:
    anna, ben = a_user(), a_user()
    stored = {(owner, store.put(owner, "How?")) for owner in (anna, ben)}
    now = datetime.now(UTC)

    assert set(store.stored_before(now + timedelta(minutes=1))) == stored
    assert set(store.stored_before(now - timedelta(minutes=1))) == set()


def test_a_hash_that_is_none_leads_nowhere(store: TextStore) -> None:
    for no_hash in ("../" * 21 + "x", "A" * 64, "a" * 63, ""):
        try:
            assert store.get(a_user(), no_hash) is None
        except TextAltered:
            continue


def test_an_altered_file_is_refused_and_healed_by_the_text_itself(tmp_path: Path) -> None:
    store, anna = FolderTextStore(tmp_path, clock=FrozenClock()), a_user()
    content_hash = store.put(anna, "How?")
    path = tmp_path / str(anna) / content_hash[:2] / content_hash
    path.write_text("Why?")

    with pytest.raises(TextAltered):
        store.get(anna, content_hash)
    store.put(anna, "How?")

    assert store.get(anna, content_hash) == "How?"


def test_files_are_private(tmp_path: Path) -> None:
    store, anna = FolderTextStore(tmp_path / "texts", clock=FrozenClock()), a_user()
    content_hash = store.put(anna, "How?")

    (path,) = (tmp_path / "texts").glob("*/*/*")

    assert path.relative_to(tmp_path / "texts").parts == (str(anna), content_hash[:2], content_hash)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:2]} == {0o700}


def test_a_text_stored_again_counts_as_stored_now(tmp_path: Path) -> None:
    clock, anna = FrozenClock(), a_user()
    for store in (FolderTextStore(tmp_path, clock=clock), InMemoryTextStore(clock=clock)):
        content_hash = store.put(anna, "How?")
        clock.go_on(hours=2)
        before = clock.now() - timedelta(hours=1)
        assert list(store.stored_before(before)) == [(anna, content_hash)]

        store.put(anna, "How?")

        assert list(store.stored_before(before)) == []


def test_drafts_of_killed_processes_are_swept(tmp_path: Path) -> None:
    clock = FrozenClock(at=datetime.now(UTC))
    store, anna = FolderTextStore(tmp_path, clock=clock), a_user()
    content_hash = store.put(anna, "How?")
    draft = tmp_path / str(anna) / content_hash[:2] / ".0123"
    draft.write_text("Ho")

    assert list(store.stored_before(clock.now() + timedelta(hours=1))) == [(anna, content_hash)]
    assert not draft.exists()


def test_texts_stored_while_they_are_removed_are_complete(tmp_path: Path) -> None:
    clock = FrozenClock()
    store, anna = FolderTextStore(tmp_path, clock=clock), a_user()
    old = replace(store, clock=FrozenClock(at=clock.at - timedelta(hours=2)))
    before = clock.at - timedelta(hours=1)

    def store_while_removing(number: int) -> tuple[str, str]:
        content_hash = old.put(anna, str(number))
        return content_hash, str(number)

    for number in range(40):
        content_hash, text = store_while_removing(number)
        with ThreadPoolExecutor(2) as pool:
            removal = pool.submit(store.remove, anna, content_hash, stored_before=before)
            pool.submit(store.put, anna, text).result()
            removal.result()
        assert store.get(anna, content_hash) == text


def test_no_file_is_left_of_a_removed_text(tmp_path: Path) -> None:
    store, anna = FolderTextStore(tmp_path, clock=FrozenClock()), a_user()
    content_hash = store.put(anna, "How?")

    store.remove(anna, content_hash, stored_before=later())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_storage_that_does_not_overwrite_is_refused(tmp_path: Path) -> None:
    store, anna = StorageTextStore(FileSystemStorage(location=tmp_path)), a_user()
    store.put(anna, "How?")

    with pytest.raises(RuntimeError, match="must overwrite"):
        store.put(anna, "How?")


@pytest.mark.parametrize(("status", "error"), [(404, None), (403, ClientError)])
def test_a_text_that_is_not_in_the_bucket_was_removed_already(
    monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception] | None
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    bucket = S3Bucket(bucket_name="texts")
    with Stubber(bucket.bucket.meta.client) as stubbed:
        stubbed.add_client_error("head_object", str(status), http_status_code=status)
        store = StorageTextStore(bucket)
        removing = nullcontext() if error is None else pytest.raises(error)
        with removing:
            assert not store.remove(UserId(uuid4()), "0" * 64, stored_before=datetime.now(UTC))
