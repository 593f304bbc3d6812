"""Whoever signs out here, by whatever way, is signed out of the clients that his browser was led to."""

from threading import Thread
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import close_old_connections, transaction
from django.http import HttpRequest

from accounts.oauth.session_state import browser_id_in
from authsvc.composition.container import services


def listen() -> None:
    user_logged_out.connect(_end_browser)


def _end_browser(request: HttpRequest | None, **_: Any) -> None:
    browser_id = browser_id_in(request.session) if request is not None else None
    if browser_id is not None and services().logouts.end_browser(browser_id):
        transaction.on_commit(_deliver_soon)


def _deliver_soon() -> None:
    """Nobody waits for clients to answer; what fails is delivered by send_logout_notices."""
    Thread(target=_deliver, daemon=True).start()


def _deliver() -> None:
    try:
        services().logouts.deliver()
    finally:
        close_old_connections()
