"""Admin page of groups: who is staff for what, by permissions."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    """Django's page with a checkbox for each permission: its two lists have parts that no screen reader can name."""

    filter_horizontal = ()

    def formfield_for_manytomany(
        self,
        db_field: "ManyToManyField[Any, Any]",
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> ModelMultipleChoiceField[Any] | None:
        return super().formfield_for_manytomany(
            db_field, request, widget=CheckboxSelectMultiple, **kwargs
        )
