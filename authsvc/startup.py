"""Startup of a process, before it takes requests."""

import gc
import sys

from django.conf import settings
from django.urls import get_resolver

from accounts.adapters.key_file import UnusableKeys
from authsvc import samples
from authsvc.container import services


def open_house() -> None:
    """Wire the services; in memory mode, fill them. Ends the process if the signing keys cannot be used."""
    try:
        wired = services()
    except UnusableKeys as error:
        raise SystemExit(f"authsvc cannot start: {error}.") from None
    # Django imports views at the first request, which would make somebody wait.
    get_resolver().check()
    if not settings.ENVIRONMENT.has_database:
        logins = samples.developer_logins(samples.new_passwords())
        samples.load(wired, logins)
        text = samples.welcome(settings.ENVIRONMENT.public_url, logins, has_pages=False)
        sys.stderr.write(
            f"{text}\nThere is no DATABASE_URL: nothing is kept when this process ends.\n"
        )
    # What is loaded now stays, and a collection that walks through all of it makes a request wait.
    gc.collect()
    gc.freeze()
