"""Normalization of the e-mail addresses that are stored already."""

from dataclasses import dataclass, field
from typing import Any

from django.apps.registry import Apps
from django.db import transaction

from accounts.adapters.email_addresses import CheckedEmailAddresses

_ADDRESSES = CheckedEmailAddresses()


@dataclass(slots=True)
class AddressReport:
    """How many rows changed, and why others did not: a sentence for each."""

    changed: int = 0
    problems: list[str] = field(default_factory=list)


def normalize_addresses(apps: Apps) -> AddressReport:
    """Store the addresses of users and invitations in one form.

    Two accounts of one mailbox are reported and stay as they are: a person has to decide which of them remains.
    """
    report = AddressReport()
    with transaction.atomic():
        _normalize_users(apps, report)
        _normalize_invitations(apps, report)
    return report


def _normalize_users(apps: Apps, report: AddressReport) -> None:
    users = apps.get_model("accounts", "User").objects
    verified = apps.get_model("account", "EmailAddress").objects
    for row, email in _rows_to_change(users, report, kind="user"):
        holder = users.filter(email=email).first()
        if holder is not None:
            report.problems.append(
                f"user {row.pk}: {row.email} is the mailbox of user {holder.pk}, {email}, too"
            )
            continue
        users.filter(pk=row.pk).update(email=email)
        verified.filter(user_id=row.pk, email=row.email).update(email=email)
        report.changed += 1


def _normalize_invitations(apps: Apps, report: AddressReport) -> None:
    invitations = apps.get_model("accounts", "Invitation").objects
    for row, email in _rows_to_change(invitations, report, kind="invitation"):
        if invitations.filter(org_id=row.org_id, email=email).exists():
            report.problems.append(f"invitation {row.pk}: {email} is invited already")
            continue
        invitations.filter(pk=row.pk).update(email=email)
        report.changed += 1


def _rows_to_change(rows: Any, report: AddressReport, *, kind: str) -> list[tuple[Any, str]]:
    """The rows whose address has another form, with that form. Invalid addresses are reported."""
    changes = []
    for row in rows.order_by("pk").iterator():
        if row.email.isascii():  # already normalized: stored addresses are in lower case
            continue
        if not _ADDRESSES.is_valid(row.email):
            report.problems.append(f"{kind} {row.pk}: {row.email} is no longer a valid address")
        elif (email := _ADDRESSES.normalized(row.email)) != row.email:
            changes.append((row, email))
    return changes
