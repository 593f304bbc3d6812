"""Read-only admin pages of drafts, versions and assessments."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.public import SubjectType
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline
from authsvc.admin_site.tenants import AuditsTenantAccess
from courses import models as rows


class CourseModuleInline(ReadOnlyInline):
    model = rows.CourseModule
    fields = ["position", "key", "title"]
    ordering = ["position"]


class ModuleItemInline(ReadOnlyInline):
    model = rows.ModuleItem
    fields = ["position", "key", "title", "type", "is_required"]
    ordering = ["position"]


@admin.register(rows.CourseDraft)
class CourseDraftAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.COURSE
    owner = "course__org"
    list_display = ["course", "title"]
    list_select_related = ["course"]
    search_fields = ["course__slug", "title"]
    ordering = ["course__slug"]
    inlines = [CourseModuleInline]


@admin.register(rows.CourseModule)
class CourseModuleAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.COURSE
    owner = "draft__course__org"
    list_display = ["title", "key", "draft", "position"]
    list_select_related = ["draft"]
    search_fields = ["key", "title", "draft__course__slug"]
    ordering = ["draft__course__slug", "position"]
    inlines = [ModuleItemInline]


@admin.register(rows.ModuleItem)
class ModuleItemAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.COURSE
    owner = "module__draft__course__org"
    list_display = ["title", "key", "type", "is_required", "module", "position"]
    list_filter = ["type", "is_required"]
    list_select_related = ["module"]
    search_fields = ["key", "title", "module__draft__course__slug"]
    ordering = ["module__draft__course__slug", "module__position", "position"]


@admin.register(rows.Assessment)
class AssessmentAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.COURSE
    owner = "org"
    list_display = ["id", "course", "org", "item_id"]
    list_filter = ["org"]
    list_select_related = ["course", "org"]
    search_fields = ["course__slug"]
    ordering = ["course__slug", "id"]


@admin.register(rows.CourseVersion)
class CourseVersionAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.COURSE
    owner = "org"
    list_display = ["slug", "org", "number", "title", "published_at", "published_by"]
    list_filter = ["org"]
    list_select_related = ["published_by", "org"]
    search_fields = ["slug", "title"]
    ordering = ["slug", "-number"]
    readonly_fields = [
        "course",
        "org",
        "number",
        "title",
        "summary",
        "published_at",
        "published_by",
    ]
    fields = [*readonly_fields, "checksum", "content"]
    deferred = ["outline"]

    @admin.display
    def content(self, row: rows.CourseVersion) -> SafeString:
        return render_to_string("admin/courses/outline.html", {"modules": row.outline})
