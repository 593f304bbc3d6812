"""Domain errors of the audit log and of anchors."""

from authsvc.kernel.errors import Busy, Conflict


class AuditLogBusy(Busy):
    code = "audit-log-busy"
    title = "The audit log is busy"
    explanation = "Entries are being recorded right now. Retry in a moment to include them."

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class AnchorNotTrusted(Conflict):
    code = "anchor-not-trusted"
    title = "The last anchor is not trusted"
    explanation = (
        "Anchor {sequence} was changed, or signed with a key that the service does not have. Verify the data; if the "
        "signing keys were replaced, make the next anchor with --new-key."
    )
