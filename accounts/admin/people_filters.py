"""Conditions on the rows of people."""

from django.db.models import Q

from accounts.domain.identity.entities.users import PersonSearch


def is_named(text: str) -> Q:
    """Part of the name or of the address, as the API searches.

    Django's own search would miss names, because SQLite folds ASCII alone.
    """
    search = PersonSearch(text)
    return Q(folded_name__contains=search.name_part) | Q(email__contains=search.email_part)
