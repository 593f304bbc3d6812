"""The Celery application with the kinds of jobs of the tests."""

from authsvc.celery import app
from tests.support.job_kinds import use_test_kinds

use_test_kinds()

__all__ = ["app"]
