"""Base of the admin pages of courses and learning pathways."""

from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest

from accounts.public import Principal, Right
from authsvc.admin_site.model_admins import ServiceAdmin
from authsvc.http.actors import staff_of
from courses.admin.forms import chooses_owner


class AuthoredAdmin(ServiceAdmin):
    """Page of what is created from a definition, revised by editing it, published and retired."""

    owned_add_form: ClassVar[type[Any]]
    """Form for a new row, for administrators who can choose the organization."""
    add_fields: ClassVar[list[str]] = ["definition"]
    right = Right.AUTHOR_COURSES
    owner = "org"
    list_display = ["slug", "org", "title", "status", "version", "created_by"]
    list_filter = ["status", "org"]
    list_select_related = ["created_by", "org"]
    search_fields = ["slug", "title"]
    ordering = ["slug"]
    readonly_fields = [
        "slug",
        "org",
        "title",
        "summary",
        "status",
        "version",
        "created_by",
        "created_at",
    ]
    actions = ["publish", "retire"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else list(self.readonly_fields)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["org", *self.add_fields] if chooses_owner(request) else self.add_fields
        text = ["definition", "etag"] if self.has_change_permission(request, obj) else []
        return [*self.readonly_fields, *text]

    def form_for_new_row(self, request: HttpRequest) -> type[Any]:
        return self.owned_add_form if chooses_owner(request) else super().form_for_new_row(request)

    def prepare_form(self, form: Any, request: HttpRequest, row: Any) -> None:
        if row is not None and self.has_change_permission(request, row):
            form.current = self.definition_of(row, staff_of(request))

    def definition_of(self, row: Any, by: Principal) -> str:
        """The current definition in YAML."""
        raise NotImplementedError  # subclasses implement it
