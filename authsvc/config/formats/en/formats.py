"""Formats of dates in lists of the admin site: ISO 8601. All other pages state their own."""

DATETIME_FORMAT = "Y-m-d H:i"
DATE_FORMAT = "Y-m-d"
