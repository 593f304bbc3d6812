"""S3 buckets as storages of Django. Imported only where there is one: django-storages is an extra."""

from datetime import datetime
from http import HTTPStatus

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage


class S3Bucket(S3Storage):  # type: ignore[misc]  # django-storages ships no types
    """The storage of django-storages. The time of a missing object raises FileNotFoundError, as its content does."""

    def get_modified_time(self, name: str) -> datetime:
        try:
            stored_at: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                raise FileNotFoundError(name) from None
            raise
        return stored_at
