"""What is done to a case as a whole: take, hand over, solve, take up again."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.desk.cases import actions, texts
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk.conversation import case_of, head_context
from paydesk.entry.web.desk.dialogs import denied, done
from paydesk.entry.web.desk.forms import HandOverForm
from paydesk.people import queries as people
from paydesk.people.models import StaffMember

Step = Callable[[Case, StaffMember], Case]


@require_POST
@staff_required
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Make oneself responsible."""
    return _step(request, number, actions.take)


@require_POST
@staff_required
def solve(request: HttpRequest, number: str) -> HttpResponse:
    """Say that it is done."""
    return _step(request, number, actions.solve)


@require_POST
@staff_required
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Take it up again."""
    return _step(request, number, actions.reopen)


def _step(request: HttpRequest, number: str, step: Step) -> HttpResponse:
    case, staff = case_of(request, number)
    problem = ""
    try:
        step(case, staff)
    except CaseRefused as error:
        problem = texts.refusal(error.code)
    except PermissionDenied:
        problem = denied()
    if not request.headers.get("HX-Request"):
        return redirect("desk_case", number)
    case, staff = case_of(request, number)
    return render(request, "desk/head.html", head_context(case, staff, problem))


@require_http_methods(["GET", "POST"])
@staff_required
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Give it to a colleague or back to the queue."""
    case, staff = case_of(request, number)
    colleagues = [one for one in people.staff_of(case.brand) if one.pk != staff.pk]
    form = HandOverForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(case, staff, to=form.colleague())
        except CaseRefused as error:
            form.add_error(None, texts.refusal(error.code))
        except PermissionDenied:
            form.add_error(None, denied())
        else:
            return done(_("已转交。"))
    context = {"case": case, "form": form, "title": _("转交案件"), "submit": _("转交")}
    return render(request, "desk/dialogs/form.html", context)
