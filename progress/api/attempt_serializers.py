"""Attempts as JSON."""

from typing import Any

from rest_framework import serializers

from authsvc.http.fields import TextField
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus, Response
from progress.domain.entities.grades import CriterionScore, Grade, Mark, ProposalReference
from progress.domain.entities.proposals import GradeProposal
from progress.domain.entities.reviews import AttemptReview, CriterionResult, QuestionResult

STATUSES = [status.value for status in AttemptStatus]


class AnswerRequestSerializer(serializers.Serializer[Any]):
    """An answer: one member besides the question, choices, text or url, depending on its kind."""

    question_id = serializers.UUIDField()
    choices = serializers.ListField(child=TextField(max_length=80), max_length=50, default=None)
    text = TextField(max_length=100_000, allow_blank=True, trim_whitespace=False, default=None)
    url = serializers.URLField(max_length=2000, default=None)


class SaveResponsesRequestSerializer(serializers.Serializer[Any]):
    responses = serializers.ListField(child=AnswerRequestSerializer(), max_length=200)


class CriterionScoreRequestSerializer(serializers.Serializer[Any]):
    criterion = TextField(max_length=80, help_text="The key of the criterion in the rubric.")
    score = serializers.IntegerField(min_value=0, max_value=1000)


class MarkRequestSerializer(serializers.Serializer[Any]):
    question_id = serializers.UUIDField()
    score = serializers.IntegerField(min_value=0, max_value=1000)
    comment = TextField(max_length=10_000, allow_blank=True, default="")
    criteria = serializers.ListField(
        child=CriterionScoreRequestSerializer(),
        max_length=100,
        default=list,
        help_text="Points for each criterion of the rubric, which add up to the score; or none.",
    )


class KeepsCompletionSerializer(serializers.Serializer[Any]):
    keeps_completion = serializers.BooleanField(
        default=False,
        help_text="Whether the item stays completed if the attempt is no longer passed; otherwise it is open again.",
    )


class GradeRequestSerializer(KeepsCompletionSerializer):
    """Marks of automatically graded questions can be omitted."""

    marks = serializers.ListField(child=MarkRequestSerializer(), max_length=200)
    reason = TextField(
        max_length=1000,
        allow_blank=True,
        default="",
        help_text="Required if the marks turn a pass into a failure.",
    )


class VoidRequestSerializer(KeepsCompletionSerializer):
    reason = TextField(max_length=1000)


class ResponseSerializer(serializers.Serializer[Response]):
    question_id = serializers.UUIDField()
    choices = serializers.ListField(
        source="answer.choices", child=serializers.CharField(), allow_null=True
    )
    text = serializers.CharField(source="answer.text", allow_null=True)
    url = serializers.CharField(source="answer.url", allow_null=True)
    saved_at = serializers.DateTimeField()


class CriterionScoreSerializer(serializers.Serializer[CriterionScore]):
    criterion = serializers.CharField(help_text="The key of the criterion in the rubric.")
    score = serializers.IntegerField()


class MarkSerializer(serializers.Serializer[Mark]):
    question_id = serializers.UUIDField()
    score = serializers.IntegerField()
    comment = serializers.CharField()
    criteria = CriterionScoreSerializer(
        many=True, help_text="Points by criterion; empty if the grader stated only the score."
    )


class GradeSerializer(serializers.Serializer[Grade]):
    score = serializers.IntegerField()
    marks = MarkSerializer(many=True)
    graded_at = serializers.DateTimeField()
    graded_by = serializers.UUIDField(allow_null=True, help_text="`null` if graded automatically.")
    reason = serializers.CharField()


class ProposalReferenceSerializer(serializers.Serializer[ProposalReference]):
    id = serializers.UUIDField()
    provider = serializers.CharField()
    model_id = serializers.CharField()


class StaffGradeSerializer(GradeSerializer):
    """A grade as graders see it, with the proposed scores that there were. The marks are the grader's own."""

    proposals = ProposalReferenceSerializer(many=True)


class AttemptSerializer(serializers.Serializer[AssessmentAttempt]):
    """One attempt; `grade` is the grade that counts."""

    id = serializers.UUIDField()
    assessment_id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    course_version = serializers.IntegerField()
    item_id = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    started_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    score = serializers.IntegerField(allow_null=True)
    max_score = serializers.IntegerField()
    pass_score = serializers.IntegerField()
    is_passed = serializers.BooleanField(allow_null=True)
    responses = ResponseSerializer(many=True)
    grade = GradeSerializer(allow_null=True)


class CriterionResultSerializer(serializers.Serializer[CriterionResult]):
    criterion = serializers.CharField(
        source="criterion.key", help_text="The key of the criterion in the rubric."
    )
    text = serializers.CharField(source="criterion.text")
    score = serializers.IntegerField()
    max_score = serializers.IntegerField(source="criterion.max_score")
    level = serializers.CharField(
        help_text="The level that the grader chose; empty if the criterion has none."
    )


class QuestionResultSerializer(serializers.Serializer[QuestionResult]):
    question_id = serializers.UUIDField(source="question.id")
    position = serializers.IntegerField(source="question.position")
    score = serializers.IntegerField(source="mark.score")
    max_score = serializers.IntegerField(source="question.max_score")
    comment = serializers.CharField(source="mark.comment")
    criteria = CriterionResultSerializer(
        many=True, help_text="Points by criterion; empty if the grader stated only the score."
    )
    feedback = serializers.CharField(
        help_text="What the author of the question says to those who have answered it, in Markdown; often empty."
    )


class AttemptReviewSerializer(serializers.Serializer[AttemptReview]):
    """The points of an attempt; `questions` is empty before it is graded."""

    attempt_id = serializers.UUIDField(source="attempt.id")
    status = serializers.ChoiceField(source="attempt.status", choices=STATUSES)
    score = serializers.IntegerField(source="attempt.score", allow_null=True)
    max_score = serializers.IntegerField(source="attempt.max_score")
    pass_score = serializers.IntegerField(source="attempt.pass_score")
    is_passed = serializers.BooleanField(source="attempt.is_passed", allow_null=True)
    questions = QuestionResultSerializer(many=True)


class GradedAttemptSerializer(AttemptSerializer):
    """An attempt as graders see it, with its user and all its grades."""

    user_id = serializers.UUIDField()
    grades = StaffGradeSerializer(many=True)
    void_reason = serializers.CharField()


class GradeProposalSerializer(serializers.Serializer[GradeProposal]):
    """A score that a language model has proposed for one criterion of an answer. It grades nothing."""

    id = serializers.UUIDField()
    attempt_id = serializers.UUIDField()
    question_id = serializers.UUIDField()
    criterion = serializers.CharField(help_text="The key of the criterion in the rubric.")
    score = serializers.IntegerField()
    max_score = serializers.IntegerField()
    reason = serializers.CharField()
    provider = serializers.CharField()
    model_id = serializers.CharField()
    prompt_template = serializers.CharField()
    prompt_version = serializers.CharField()
    cost_micro_usd = serializers.IntegerField(
        help_text="Of the model's answer, which proposes scores for all criteria of the question."
    )
    interaction_id = serializers.UUIDField()
    requested_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class ProposalsSerializer(serializers.Serializer[Any]):
    items = GradeProposalSerializer(many=True)
