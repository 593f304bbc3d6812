"""Proposed scores: asking for them, and reading them; for graders alone."""

from collections.abc import Mapping
from http import HTTPStatus

from accounts.public import OrganizationSuspended, PersonNeeded, Principal, Scope, TooManyTasks
from authsvc.composition.container import services
from authsvc.http.operations import operation
from authsvc.http.rendering import Accepted
from authsvc.http.tasks import TaskSerializer, accepted
from authsvc.http.views import ApiView
from progress.api.attempt_serializers import ProposalsSerializer
from progress.api.attempts import GRADERS
from progress.domain.ai.errors import GradingHelpOff, NothingToPropose, NoTutor, OwnAttempt
from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.proposals import GradeProposal
from progress.domain.errors import AttemptNotFound, AttemptNotGradable


class ProposalListView(ApiView):
    @operation(
        name="listGradeProposals",
        summary="Proposed scores for an attempt, oldest first; for graders, never for its learner",
        access=GRADERS,
        scope=Scope.PROGRESS_READ,
        answer=ProposalsSerializer,
        errors=(AttemptNotFound, OwnAttempt, PersonNeeded),
    )
    def get(self, attempt_id: AttemptId, *, by: Principal) -> Mapping[str, list[GradeProposal]]:
        return {"items": services().grading_help.of_attempt(attempt_id, by=by)}

    @operation(
        name="proposeGrades",
        summary="Start a task in which a language model proposes scores for the answers to questions with a rubric",
        access=GRADERS,
        is_expensive=True,
        scope=Scope.COURSES_WRITE,
        status=HTTPStatus.ACCEPTED,
        answer=TaskSerializer,
        errors=(
            AttemptNotFound,
            AttemptNotGradable,
            GradingHelpOff,
            NothingToPropose,
            NoTutor,
            OrganizationSuspended,
            OwnAttempt,
            PersonNeeded,
            TooManyTasks,
        ),
        is_idempotent=True,
    )
    def post(self, attempt_id: AttemptId, *, by: Principal) -> Accepted:
        return accepted(services().proposal_tasks.start(attempt_id, by=by))
