"""Usage of AI and settings about it as JSON."""

from typing import Any, Final

from rest_framework import serializers

from authsvc.http.fields import FlagField
from progress.domain.ai.entities.budgets import AISettings
from progress.domain.ai.entities.outcomes import CourseOutcome, ItemOutcome
from progress.domain.ai.entities.usage import UsageRow
from progress.domain.ai.services.usage import UsageReport

GREATEST: Final = 2**53
"""The greatest integer that every JSON parser reads exactly."""
LONGEST_RETENTION: Final = 36_500


class UsageRowSerializer(serializers.Serializer[UsageRow]):
    """What was used in a month. `is_reported` tells what clients have logged of tutors of their own."""

    month = serializers.CharField(help_text="In UTC, as `2026-03`.")
    org_id = serializers.UUIDField(allow_null=True)
    course_id = serializers.UUIDField(allow_null=True)
    provider = serializers.CharField()
    model_id = serializers.CharField()
    is_reported = serializers.BooleanField()
    interactions = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micro_usd = serializers.IntegerField()


class AmountsSerializer(serializers.Serializer[Any]):
    tokens = serializers.IntegerField()
    cost_micro_usd = serializers.IntegerField()


class BudgetSerializer(serializers.Serializer[UsageReport]):
    """The budget of the current month, with what is reserved for running calls; a limit of 0 is none."""

    kind = serializers.CharField(source="budget.state.key.kind")
    month = serializers.CharField(source="budget.state.key.month")
    spent = AmountsSerializer()
    limit = AmountsSerializer(source="budget.limit")
    percent = serializers.IntegerField(source="budget.percent")
    is_nearly_spent = serializers.BooleanField(
        source="budget.is_nearly_spent", help_text="Whether 80 % or more are spent."
    )


class UsageReportSerializer(serializers.Serializer[UsageReport]):
    budget = BudgetSerializer(source="*")
    rows = UsageRowSerializer(many=True)


def _limit(help_text: str, greatest: int = GREATEST) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=greatest, default=None, allow_null=True, help_text=help_text
    )


class LimitsRequestSerializer(serializers.Serializer[Any]):
    """Monthly limits. `null` means the default of the platform."""

    monthly_tokens = _limit("0 for no limit.")
    monthly_cost_micro_usd = _limit("In millionths of a US dollar; 0 for no limit.")


class CourseAISettingsRequestSerializer(LimitsRequestSerializer):
    """Limits of a course, and whether its graders can ask for proposed scores. A `null` limit means the default."""

    proposes_grades = FlagField(
        default=False, help_text="Whether graders can have a language model propose scores."
    )


class AISettingsRequestSerializer(LimitsRequestSerializer):
    """Limits and retention of an organization. `null` means the default of the platform."""

    retention_days = _limit("Days after which texts are removed; 0 for never.", LONGEST_RETENTION)


class LimitsSerializer(serializers.Serializer[AISettings]):
    monthly_tokens = serializers.IntegerField(allow_null=True)
    monthly_cost_micro_usd = serializers.IntegerField(allow_null=True)


class CourseAISettingsSerializer(LimitsSerializer):
    proposes_grades = serializers.BooleanField()


class AISettingsSerializer(LimitsSerializer):
    retention_days = serializers.IntegerField(allow_null=True)


class ItemOutcomeSerializer(serializers.Serializer[ItemOutcome]):
    """The sessions about an item; `item_id` is null for those about the course as a whole."""

    item_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    sessions = serializers.IntegerField()
    learners = serializers.IntegerField()
    sessions_before_pass = serializers.IntegerField()
    cost_micro_usd = serializers.IntegerField()


class CourseOutcomeSerializer(serializers.Serializer[CourseOutcome]):
    """What learners reached after sessions. The CSV form lists the sessions one by one."""

    course_id = serializers.UUIDField()
    course_slug = serializers.CharField()
    sessions = serializers.IntegerField(source="number_of_sessions")
    learners = serializers.IntegerField()
    sessions_before_pass = serializers.IntegerField(
        help_text="Sessions whose learner passed an assessment of the item, or of the course, afterwards."
    )
    completions = serializers.IntegerField(
        help_text="Learners who completed the course after a session."
    )
    cost_micro_usd = serializers.IntegerField()
    cost_per_completion_micro_usd = serializers.IntegerField(allow_null=True)
    items = ItemOutcomeSerializer(many=True)
