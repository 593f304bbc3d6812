"""Template tags of the admin site (library `staff`)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from django import template
from django.db.models import DateTimeField
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from authsvc.admin_site.labels import status_badge
from authsvc.admin_site.navigation import LABELS

register = template.Library()

_TIME: Final = re.compile(r">(\d{4}-\d\d-\d\d) (\d\d:\d\d)<")
_TRUE: Final = re.compile(r'<img src="[^"]*icon-yes[^"]*" alt="True">')
_FALSE: Final = re.compile(r'<img src="[^"]*icon-(?:no|unknown)[^"]*" alt="[^"]*">')
_STATUS: Final = re.compile(r'(<td class="field-status[^"]*">)([a-z_-]+)(</td>)')


_LONG_NAMES: Final = {"org": "organization"}


@register.filter
def moment(value: datetime | date | None) -> SafeString | str:
    """The time in UTC, to the minute, or the day (ISO 8601); empty without a value."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return format_html('<time datetime="{0}">{0}</time>', value.isoformat())
    time = value.astimezone(UTC)
    machine = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}</time>', machine, f"{time:%Y-%m-%d %H:%M}")


@register.filter
def usd(micro_usd: int) -> str:
    """A cost in US dollars, with as many places as its size needs."""
    dollars = micro_usd / 1_000_000
    return f"${dollars:,.2f}" if dollars >= 1 or not micro_usd else f"${dollars:.4f}"


@register.filter
def badge(value: str) -> SafeString:
    """The word for a status, as a badge."""
    return status_badge(str(value))


@register.filter
def label_of_list(opts: Any) -> str:
    """What the navigation calls the list of these rows."""
    return LABELS.get(opts.label_lower, capfirst(opts.verbose_name_plural))


@register.filter
def list_url(opts: Any) -> str:
    """The URL of the list of these rows; empty if it has none."""
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    except NoReverseMatch:
        return ""


@register.simple_tag
def labelled_rows(cl: Any, headers: Sequence[Mapping[str, Any]], rows: Any) -> Iterator[list[str]]:
    """The rows of a list whose cells have the labels of their columns, for narrow screens, and roles.

    Times are marked up, statuses are badges, and true and false are words: their own column says what is true.
    """
    labels = [_words(strip_tags(str(header["text"])).strip()) for header in headers]
    for row in rows:
        cells = [_cell(str(cell), label) for cell, label in zip(row, labels, strict=False)]
        yield cells


@register.simple_tag
def header_of(cl: Any, header: Mapping[str, Any], index: int) -> str:
    """The text of a column's head, with the time zone if it shows times."""
    text = header["text"]
    if "action-checkbox-column" in header.get("class_attrib", ""):
        return str(text)
    name = cl.list_display[index]
    fields = {field.name: field for field in cl.opts.concrete_fields}
    is_time = isinstance(fields.get(str(name)), DateTimeField)
    words = _words(text)
    return f"{words} (UTC)" if is_time else words


@register.simple_tag
def filter_fields(cl: Any) -> list[dict[str, Any]]:
    """The filters of a list as fields of a form: each with its name, label and options."""
    return [_field(spec, cl) for spec in cl.filter_specs]


@register.simple_tag
def applied_filters(cl: Any) -> list[str]:
    """What the list is filtered by, in words."""
    words = [f"“{cl.query}”"] if cl.query else []
    for field in filter_fields(cl):
        chosen = [option["label"] for option in field["options"] if option["is_chosen"]]
        words += [f"{field['label']}: {label}" for label in chosen if chosen and label != "All"]
    form = getattr(cl, "filter_form", None)
    return words + (form.applied if form is not None else [])


def _field(spec: Any, cl: Any) -> dict[str, Any]:
    """A filter of Django as a select: each of its choices is one value of its parameter."""
    names = spec.expected_parameters()
    options, others = [], []
    for choice in spec.choices(cl):
        asked = dict(parse_qsl(choice["query_string"].lstrip("?")))
        values = [(name, asked[name]) for name in names if name in asked]
        label = capfirst(str(choice["display"])) or "None"
        option = {"label": label, "is_chosen": choice["selected"]}
        if not values or values[0][0] == names[0]:
            options.append(option | {"value": values[0][1] if values else ""})
        else:
            others.append(option | {"url": choice["query_string"]})
    about = {"name": names[0], "label": _words(spec.title), "id": f"filter-{names[0]}"}
    return about | {"options": options, "others": others}


def _words(name: object) -> str:
    """The name of a column as a label: "Active" for `is active`."""
    words = str(name).removeprefix("is ")
    return str(capfirst(_LONG_NAMES.get(words.lower(), words)))


def _cell(cell: str, label: str) -> str:
    text = _TIME.sub(r'><time datetime="\1T\2Z">\1 \2</time><', cell)
    text = _FALSE.sub("", _TRUE.sub("Yes", text))
    text = _STATUS.sub(lambda match: f"{match[1]}{status_badge(match[2])}{match[3]}", text)
    head = _attributes(label, begins_row=text.startswith("<th"))
    return mark_safe(f"{text[:3]}{head}{text[3:]}")  # noqa: S308  # Django has escaped the cell


@lru_cache(maxsize=512)
def _attributes(label: str, *, begins_row: bool) -> SafeString:
    """The attributes of the cells of a column, the same in each row."""
    role = mark_safe(' role="rowheader" scope="row"' if begins_row else ' role="cell"')  # noqa: S308  # constants
    return format_html('{} data-label="{}"', role, label)
