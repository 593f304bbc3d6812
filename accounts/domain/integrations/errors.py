"""Domain errors of integrations."""

from typing import Final

from authsvc.kernel.errors import Conflict, Invalid, NotFound, TooMany


class WebhookNotFound(NotFound):
    code = "webhook-not-found"
    title = "There is no such webhook"
    explanation = "No webhook has this ID."


class DeliveryNotFound(NotFound):
    code = "delivery-not-found"
    title = "There is no such delivery"
    explanation = (
        "The webhook has no delivery with this ID. Deliveries are deleted 30 days after they end."
    )


class UnsuitableWebhook(Invalid):
    code = "unsuitable-webhook"
    title = "The webhook is invalid"
    explanation = "`errors` names the members that are unsafe or invalid."


class UnsuitableOverlap(Invalid):
    code = "unsuitable-overlap"
    title = "The overlap of the secrets is invalid"
    explanation = (
        "Choose a time in the future, at most {most_days} days from now, or none to end it at once."
    )


class UnsuitableReplay(Invalid):
    code = "unsuitable-replay"
    title = "The start of the replay is invalid"
    explanation = "Send either `after`, a position, or `since`, a time."


class WebhookLimit(Conflict):
    code = "webhook-limit"
    title = "There are too many webhooks"
    explanation = "An organization can have {most} webhooks, and so can the platform. Remove one that is not used."


class WebhookPaused(Conflict):
    code = "webhook-paused"
    title = "The webhook is paused"
    explanation = "Resume it first. It goes on where it stopped."


class WebhookBudgetSpent(TooMany):
    code = "webhook-budget-spent"
    title = "Too many messages were sent to this host today"
    explanation = "`{limit}` allows {most} messages to a host a day. Wait for {retry_after} s."

    def __init__(self, *, limit: str, most: int, retry_after: int) -> None:
        super().__init__(limit=limit, most=most, retry_after=retry_after)
        self.retry_after: Final = retry_after


class UnreadableSecret(Exception):
    """The stored secret was encrypted with another key."""
