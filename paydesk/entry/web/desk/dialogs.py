"""The dialogs of the desk's actions: shown, checked, done, and what is said when it is not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from paydesk.desk.cases import texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused
from paydesk.people.models import StaffMember


@dataclass(frozen=True, slots=True)
class DialogFile:
    """A file to be looked at before deciding."""

    name: str
    url: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class Dialog:
    """One action's dialog: `act` does it and answers what to say, `warning` stands on top, then
    what there is to know before deciding."""

    title: str
    submit: str
    form: Form
    act: Callable[[], str]
    warning: str = ""
    grave: bool = False
    facts: Sequence[tuple[str, str]] = ()
    files: Sequence[DialogFile] = ()


Maker = Callable[[HttpRequest, Case, StaffMember], Dialog]


def answer(request: HttpRequest, case: Case, staff: StaffMember, make: Maker) -> HttpResponse:
    """Show the dialog, or do what it says and close it."""
    try:
        dialog = make(request, case, staff)
        if request.method == "POST" and dialog.form.is_valid():
            said = _attempt(dialog)
            if said:
                return done(said)
    except CaseRefused as error:
        return _cannot(request, texts.refusal(error.code))
    except PermissionDenied:
        return _cannot(request, denied())
    context = {
        "case": case,
        "form": dialog.form,
        "title": dialog.title,
        "submit": dialog.submit,
        "warning": dialog.warning,
        "grave": dialog.grave,
        "facts": dialog.facts,
        "files": dialog.files,
    }
    return render(request, "desk/dialogs/form.html", context)


def _attempt(dialog: Dialog) -> str:
    try:
        return dialog.act()
    except CaseRefused as error:
        dialog.form.add_error(None, texts.refusal(error.code))
    except PermissionDenied:
        dialog.form.add_error(None, denied())
    return ""


def done(said: str) -> HttpResponse:
    """Close the dialog, refresh what stands behind it, and say so."""
    response = HttpResponse(status=204)
    for event in ("desk:done", "desk:case", "desk:facts", "desk:queue", "desk:approvals"):
        trigger_client_event(response, event, {"said": said} if event == "desk:done" else {})
    return response


def denied() -> str:
    """What somebody is told who may not do it."""
    return _("您没有这项权限。请找主管处理。")


def pick(table: Mapping[str, Maker], what: str) -> Maker:
    """The dialog of that name. Raises Http404."""
    try:
        return table[what]
    except KeyError:
        raise Http404 from None


def _cannot(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "desk/dialogs/cannot.html", {"words": words})
