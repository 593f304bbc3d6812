"""The WSGI application with the kinds of jobs of the tests."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
django.setup()

from tests.support.job_kinds import use_test_kinds  # noqa: E402  # needs Django set up

use_test_kinds()

from authsvc.wsgi import application  # noqa: E402  # starts the worker

__all__ = ["application"]
