"""Acts of staff: actions on the chosen rows of a list, and pages beside those of Django, with domain errors shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, wraps
from typing import Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.text import capfirst

from accounts.public import NotPermitted
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.pages import Confirmation, confirm_page, shortened
from authsvc.http.actors import staff_of
from authsvc.http.forms import sentence_of
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import DomainError

MOST_AT_ONCE: Final = 100
"""Number of rows that a list shows and an action accepts."""

View = Callable[..., HttpResponse]
RowAction = Callable[..., str | None]
"""What an action does to one row: given the page, the row, the reason and the principal, call a service once.

Answers to what else the form of the action asks for are keyword arguments. It returns the sentence that says what
happened, or None if "<Done> <row>." says it all.
"""


def shows_domain_errors(view: View) -> View:
    """Show a domain error as a message: on the submitted page, or on the list after a GET."""

    @wraps(view)
    def showing(page: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(page, request, *args, **kwargs)
        except DomainError as error:
            page.message_user(request, sentence_of(error), messages.ERROR)
            if request.method == "POST":
                return HttpResponseRedirect(request.get_full_path())
            return redirect(f"admin:{page.opts.label_lower.replace('.', '_')}_changelist")

    return showing


def admin_page(routes: Mapping[str, str], *, takes_away: bool = False) -> Callable[[View], View]:
    """Serve a method of an admin class at these routes below its list, by their names, and show domain errors.

    A page that *takes_away* something needs a recent sign-in, as an action with a reason does, to be shown and to be
    submitted. A page that the user lacks the right for answers 403.
    """

    def page_of(view: View) -> View:
        page = shows_domain_errors(_locked(view, takes_away=takes_away))
        page.routes = routes  # type: ignore[attr-defined]  # read by StaffAdmin.get_urls
        page.takes_away = takes_away  # type: ignore[attr-defined]  # read by the tests of all pages
        return page

    return page_of


def _locked(view: View, *, takes_away: bool) -> View:
    @wraps(view)
    def locked(page: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if takes_away:
            # Staff who may not even see the list are not asked to sign in again first.
            if not page.has_view_permission(request):
                raise PermissionDenied
            require_recent_sign_in(request)
        try:
            return view(page, request, *args, **kwargs)
        except NotPermitted:
            if request.method == "POST":
                raise
            raise PermissionDenied from None

    return locked


def require_recent_sign_in(request: HttpRequest) -> None:
    """Raise ReauthenticationRequired unless the sign-in is recent, where staff need a second factor."""
    if settings.ENVIRONMENT.staff_needs_second_factor:
        require_fresh_sign_in(request)


def staff_action(
    verb: str,
    *,
    done: str,
    requires_reason: bool = False,
    form_class: type[ReasonForm] = ReasonForm,
    effects: Sequence[str] = (),
) -> Callable[[RowAction], Any]:
    """Make an admin action that is applied to each selected row, after asking for a reason if required.

    An action that requires a reason takes something away, and so needs a recent sign-in. *form_class* asks for it.
    *effects* are the sentences by which the confirmation says what will happen to each row.
    """

    def action_of(act: RowAction) -> Any:
        @admin.action(description=f"{verb} selected %(verbose_name_plural)s", permissions=["act"])
        @wraps(act)
        def action(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
            here = request.get_full_path()
            chosen = list(queryset[: MOST_AT_ONCE + 1])
            if len(chosen) > MOST_AT_ONCE:
                page.message_user(request, f"Select at most {MOST_AT_ONCE}.", messages.ERROR)
                return HttpResponseRedirect(here)
            if requires_reason:
                require_recent_sign_in(request)
            if not chosen:
                page.message_user(request, "The selected rows no longer exist.", messages.ERROR)
                return HttpResponseRedirect(here)
            form = form_class(request.POST if "reason" in request.POST else None)
            if requires_reason and not form.is_valid():
                return _ask_reason(
                    page, request, form, chosen, verb=verb, effects=effects, action=act.__name__
                )
            answers = dict(form.cleaned_data) if requires_reason else {}
            reason = answers.pop("reason", "")
            apply_to_each(page, request, chosen, partial(act, **answers), done=done, reason=reason)
            return HttpResponseRedirect(here)

        action.takes_away = requires_reason  # type: ignore[attr-defined]  # read by the tests of all actions
        return action

    return action_of


def _ask_reason(
    page: Any,
    request: HttpRequest,
    form: ReasonForm,
    chosen: Sequence[Model],
    *,
    verb: str,
    effects: Sequence[str],
    action: str,
) -> HttpResponse:
    """The confirmation of an action, which names the row, or lists several."""
    number, name = len(chosen), page.label_of(chosen[0])
    lines = tuple(page.line_of(row) for row in chosen)
    thing = name if number == 1 else f"{number} {model_ngettext(page.opts, number)}"
    confirmation = Confirmation(
        title=f"{verb} {thing}",
        effects=tuple(effects),
        verb=f"{verb} {thing}",
        back=request.get_full_path(),
        things=() if lines == (name,) else lines,
    )
    hidden = [("action", action), *((ACTION_CHECKBOX_NAME, row.pk) for row in chosen)]
    return confirm_page(request, confirmation, form, hidden=hidden, opts=page.opts)


def apply_to_each(
    page: Any,
    request: HttpRequest,
    chosen: Iterable[Model],
    act: RowAction,
    *,
    done: str,
    reason: str,
) -> None:
    """Apply the action to each row in its own unit of work, with an entry in the log.

    The messages say what happened to each of the first rows, and how many more there are. A domain error becomes a
    message that names the row, and does not stop the others.
    """
    by, sentences = staff_of(request), []
    log_message = f"{capfirst(done)}. Reason: {reason}" if reason else f"{capfirst(done)}."
    for row in chosen:
        name = page.label_of(row)
        try:
            sentence = page.perform(request, row, partial(act, page, row, reason, by), log_message)
        except DomainError as error:
            message = f"Not {done}: {name}. {sentence_of(error)}"
            page.message_user(request, message, messages.ERROR)
        else:
            sentences.append(sentence or f"{capfirst(done)} {name}.")
    shown, more = shortened(sentences)
    for sentence in shown:
        page.message_user(request, sentence, messages.SUCCESS)
    if more:
        rows = model_ngettext(page.opts, more)
        page.message_user(request, f"{capfirst(done)} {more} more {rows}.", messages.SUCCESS)
