"""Worker processes of the embedded engine: the command `work` with the kinds of jobs of the tests."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")

if __name__ == "__main__":
    import django

    django.setup()
    from tests.support.job_kinds import use_test_kinds

    use_test_kinds()
    execute_from_command_line(["manage.py", "work", *sys.argv[1:]])
