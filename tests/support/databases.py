"""Separate databases for tests that commit: the log, once committed, can never be cleared."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL, Identifier

from tests.support.store import STORE


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Create an empty database on the store of this run and yield its URL; SQLite's file is in *folder*."""
    if STORE == "sqlite":
        yield f"sqlite:///{folder / 'authsvc.sqlite3'}"
        return
    name = f"authsvc_{uuid4().hex}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def connected_to(url: str) -> Iterator[BaseDatabaseWrapper]:
    """Redirect Django's default connection to this PostgreSQL database, outside of any transaction."""
    original = connections["default"]
    other = type(original)(original.settings_dict | {"NAME": urlsplit(url).path.removeprefix("/")})
    connections["default"] = other
    try:
        yield other
    finally:
        other.close()
        connections["default"] = original


@contextmanager
def migrated(url: str) -> Iterator[None]:
    """Connect to this database, with all its tables."""
    with connected_to(url):
        call_command("migrate", verbosity=0)
        yield
