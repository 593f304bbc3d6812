"""Changes since a time: a condition on rows, and the index that serves it."""

from datetime import datetime

from django.db.models import Index, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual


def since(moment: datetime | None, changed: str, added: str) -> Q:
    """Condition: the row was changed, or added if it never was, at *moment* or later; any row without a *moment*.

    *changed* is the column with the time of the last change, null before the first.
    """
    return Q() if moment is None else Q(GreaterThanOrEqual(Coalesce(changed, added), moment))


def index_of_changes(changed: str, added: str, *, within: str = "", name: str) -> Index:
    """The index for that condition, on the rows of one owner if *within* names the column of the owner."""
    owner = [within] if within else []
    return Index(*owner, Coalesce(changed, added), name=name)
