"""E-mail address syntax, checked by email-validator."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# The documented way to accept domains of private networks, such as `school.local`.
SPECIAL_USE_DOMAIN_NAMES.clear()


class CheckedEmailAddresses:
    """Accepts domains of private networks, but no host name without a dot and no IP address."""

    def is_valid(self, address: str) -> bool:
        try:
            checked = validate_email(
                address, check_deliverability=False, globally_deliverable=False, strict=True
            )
        except EmailNotValidError:
            return False
        return "." in checked.domain
