"""Rows of prompt templates: columns and constraints, no behaviour."""

from django.db import models

from authsvc.storage.append_only import AppendOnlyRow
from authsvc.storage.columns import actor_column, enum_column
from progress.domain.ai.entities.prompts import GREATEST_SHARE, LONGEST_NAME, PromptStatus
from progress.domain.ai.entities.sessions import SessionType


class PromptTemplate(AppendOnlyRow):
    """A version of the instructions for a model, as it was written."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.SlugField(max_length=LONGEST_NAME, db_index=False)
    session_type = enum_column(SessionType, max_length=32)
    version = models.PositiveIntegerField()
    text = models.TextField()
    created_by = actor_column()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], name="one_prompt_template_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


class PromptUse(models.Model):
    """What a version is used for. Of those for a type of session, one is active and one on trial, or none."""

    template = models.OneToOneField(
        PromptTemplate, primary_key=True, on_delete=models.PROTECT, related_name="use"
    )
    session_type = enum_column(SessionType, max_length=32)
    status = enum_column(PromptStatus, max_length=16)
    traffic_percent = models.PositiveSmallIntegerField()
    trial_since = models.DateTimeField(null=True, blank=True)
    activated_by = actor_column()
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "use of a prompt template"
        verbose_name_plural = "uses of prompt templates"
        constraints = [
            models.UniqueConstraint(
                fields=["session_type"],
                condition=models.Q(status=PromptStatus.ACTIVE.value),
                name="one_active_prompt_per_type",
            ),
            models.UniqueConstraint(
                fields=["session_type"],
                condition=models.Q(status=PromptStatus.TRIAL.value),
                name="one_prompt_trial_per_type",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status=PromptStatus.TRIAL.value,
                    traffic_percent__gte=1,
                    traffic_percent__lte=GREATEST_SHARE,
                    trial_since__isnull=False,
                )
                | (~models.Q(status=PromptStatus.TRIAL.value) & models.Q(traffic_percent=0)),
                name="prompt_trials_have_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.status
