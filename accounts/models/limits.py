"""Models of rate limits and idempotency records."""

from django.db import models


class IdempotencyRecord(models.Model):
    id = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    content_type = models.CharField(max_length=100)
    etag = models.CharField(max_length=64, blank=True, default="", db_default="")
    position = models.CharField(max_length=20, blank=True, default="", db_default="")
    standing = models.JSONField(null=True, blank=True)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_ledgerentry"

    def __str__(self) -> str:
        return self.id


class LimitState(models.Model):
    """The attempts of one subject under a limit. The key is a keyed hash that hides account and address."""

    key = models.CharField(max_length=64, primary_key=True)
    limit = models.CharField(max_length=30)
    count = models.PositiveIntegerField()
    refusals = models.PositiveIntegerField()
    forgotten_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.limit} of {self.key[:8]}"


class KnownAddress(models.Model):
    """A client IP address that an account was signed in to from; the key is a keyed hash of the two."""

    key = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_familiaraddress"
        verbose_name_plural = "known addresses"

    def __str__(self) -> str:
        return self.key[:8]
