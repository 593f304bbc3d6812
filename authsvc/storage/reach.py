"""What is in view, as a condition on rows that have an organization."""

from django.db.models import Q

from authsvc.kernel.reach import Reach


def owned_within(within: Reach, *, column: str = "org_id") -> Q:
    """That a row is the platform's, or of an organization in view; *column* holds whose it is."""
    if within.is_everywhere:
        return Q()
    return Q(**{column: None}) | Q(**{f"{column}__in": list(within.organizations)})
