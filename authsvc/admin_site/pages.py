"""Pages of the admin site: things in tabs, and confirmations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

MOST_NAMED: Final = 10
"""Number of things that a confirmation and the messages after it name; of others they say how many there are."""

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a thing's page, at `?tab=<key>`; the first one is also at the page's own address."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What staff are asked before something is taken away.

    `title` is the act and the name ("Deactivate Anna Keller"), `effects` say what will happen and what stays, `verb` is
    the text of the button, and `back` the URL of *Cancel*. `things` are the names of all things that are affected, if
    there are several. The button is red unless the act takes nothing away.
    """

    title: str
    effects: tuple[str, ...]
    verb: str
    back: str
    things: tuple[str, ...] = ()
    takes_away: bool = True


def shortened(things: Sequence[Thing]) -> tuple[Sequence[Thing], int]:
    """The first MOST_NAMED things, and the number of the others."""
    return things[:MOST_NAMED], max(0, len(things) - MOST_NAMED)


def current_tab(request: HttpRequest, tabs: Sequence[Tab]) -> str:
    """The key of the requested tab; the first one if none is. Raises Http404 if there is no such tab."""
    key = request.GET.get("tab", tabs[0].key)
    if key not in {tab.key for tab in tabs}:
        raise Http404
    return key


def thing_page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    tabs: Sequence[Tab] = (),
    current: str = "",
    **context: Any,
) -> HttpResponse:
    """The page of a thing, one tab of it.

    The template extends `admin/base_site.html` and includes `admin/includes/page_head.html`, which shows the title,
    the tabs, and from the *context* `faint` (one line below the title), `badges` (pairs of words and CSS classes) and
    `tools` (pairs of labels and URLs, the default one last). With `opts`, the breadcrumbs lead to the list of the rows.
    """
    about = {"title": title, "tabs": tabs, "current": current}
    return TemplateResponse(request, template, admin.site.each_context(request) | about | context)


def confirm_page(
    request: HttpRequest,
    confirmation: Confirmation,
    form: forms.Form,
    *,
    hidden: Sequence[tuple[str, object]] = (),
    **context: Any,
) -> HttpResponse:
    """The page that asks for a confirmation. Its form, often a ReasonForm, is submitted to the same URL."""
    named, more = shortened(confirmation.things)
    about = {
        "title": confirmation.title,
        "confirmation": confirmation,
        "named": named,
        "more": more,
        "form": form,
        "hidden": hidden,
        # After a fresh sign-in the page may be shown at another URL; the form is submitted to this one all the same.
        "here": request.get_full_path(),
    }
    context = admin.site.each_context(request) | about | context
    return TemplateResponse(request, "admin/confirm.html", context)
