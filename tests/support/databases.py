"""Separate databases for tests that commit: the log, once committed, can never be cleared."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.test import override_settings
from psycopg.sql import SQL, Identifier

from authsvc.composition.container import services
from authsvc.storage.append_only import protecting, releasing
from tests.support.commands import output_of
from tests.support.store import SHARED_FOLDER, STORE

FILE: Final = "authsvc.sqlite3"
LOGINS: Final = "developer-logins.json"
EMPTY: Final = "template1"
"""PostgreSQL's own database without tables."""


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Create an empty database on the store of this run and yield its URL; SQLite's file is in *folder*."""
    if STORE == "sqlite":
        yield f"sqlite:///{folder / FILE}"
        return
    with _created() as url:
        yield url


@contextmanager
def database_with_tables(folder: Path) -> Iterator[str]:
    """Create a database with all tables, and yield its URL: a copy, because migrating takes seconds."""
    with _copy_of(_database_with_tables(), folder) as url:
        yield url


@contextmanager
def database_with_samples(folder: Path) -> Iterator[str]:
    """Create a database with the sample data of development, and the file of its logins in *folder*: copies of both."""
    with _copy_of(_database_with_samples(), folder) as url:
        shutil.copy(SHARED_FOLDER / LOGINS, folder)
        yield url


@contextmanager
def _copy_of(template: str, folder: Path) -> Iterator[str]:
    if STORE == "sqlite":
        shutil.copyfile(template, folder / FILE)
        yield f"sqlite:///{folder / FILE}"
        return
    with _created(template=template) as url:
        yield url


@contextmanager
def connected_to(url: str) -> Iterator[BaseDatabaseWrapper]:
    """Redirect Django's default connection to this database, outside of any transaction."""
    original = connections["default"]
    other = type(original)(original.settings_dict | _place_of(url))
    connections["default"] = other
    try:
        yield other
    finally:
        other.close()
        connections["default"] = original


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """Let every thread of this process use this database."""
    settings = connections["default"].settings_dict
    before = {name: settings[name] for name in _place_of(url)}
    connections["default"].close()
    settings.update(_place_of(url))
    try:
        yield
    finally:
        connections["default"].close()
        settings.update(before)


def _place_of(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"NAME": parts.path.removeprefix("/")}
    return {"NAME": parts.path.removeprefix("/"), "HOST": parts.hostname, "PORT": parts.port}


@contextmanager
def _created(*, template: str = EMPTY) -> Iterator[str]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        name = _create(server, template)
        try:
            yield _url_of(name)
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _create(server: "psycopg.Connection[Any]", template: str) -> str:
    name = f"authsvc_{uuid4().hex}"
    server.execute(
        SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
    )
    return name


def _url_of(database: str) -> str:
    if STORE == "sqlite":
        return f"sqlite:///{database}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


@cache
def _database_with_tables() -> str:
    """The name of a database that nothing connects to, migrated by the first process that needs it."""
    return _once("tables", _migrated)


@cache
def _database_with_samples() -> str:
    """A copy of it, in which that process has made the sample data."""
    return _once("samples", _prepared)


def _once(what: str, make: Callable[[], str]) -> str:
    """The name that *make* returned in the first process that called it."""
    name = SHARED_FOLDER / what
    with (SHARED_FOLDER / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not name.exists():
            name.write_text(make())
    return name.read_text()


def _migrated() -> str:
    name = _new_database(EMPTY)
    with connected_to(_url_of(name)):
        output_of("migrate", "--verbosity=0")
    return name


def _prepared() -> str:
    name = _new_database(_database_with_tables())
    environment = replace(settings.ENVIRONMENT, data_dir=SHARED_FOLDER)
    with connected_to(_url_of(name)), override_settings(ENVIRONMENT=environment):
        services.cache_clear()
        output_of("prepare_development")
    services.cache_clear()
    return name


def _new_database(template: str) -> str:
    if STORE == "postgres":
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            return _create(server, template)
    name = str(SHARED_FOLDER / f"{uuid4().hex}.sqlite3")
    if template != EMPTY:
        shutil.copyfile(template, name)
    return name


def empty_the_log(log: type[Model]) -> None:
    """Delete all entries of an append-only table, and restore its protection."""
    entries, table = log._meta.base_manager, log._meta.db_table
    if not entries.exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in releasing(table, connection):
            cursor.execute(statement)
        entries.all().delete()
        for statement in protecting(table, connection):
            cursor.execute(statement)
