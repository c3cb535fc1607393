"""One case open at the desk: its page, its lines, what is written into it, who looks at it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.desk.cases import access, actions, queries, texts
from paydesk.desk.cases.access import CaseNotFound
from paydesk.desk.cases.actions.routing import acting
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused, Priority, first_answer_within, urgency
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import facts, frame
from paydesk.entry.web.desk.inbox import queue_context
from paydesk.entry.web.desk.lines import shown
from paydesk.files import actions as files
from paydesk.files import texts as file_texts
from paydesk.files.access import FileUnreadable, as_download
from paydesk.files.rules import FileRefused
from paydesk.kit import clock, ids
from paydesk.people.models import StaffMember
from paydesk.people.permissions import may

PAGE = 80
FAR = 2**31 - 1
MOST_DIGITS = 20  # reading thousands of them costs time, and Python refuses to


def case_of(request: HttpRequest, number: str) -> tuple[Case, StaffMember]:
    """The case of that number for who asks. Raises Http404."""
    staff = frame.staff_of(request)
    try:
        return access.case_for_staff(staff, number), staff
    except CaseNotFound:
        raise Http404 from None


@require_safe
@vary_on_headers("HX-Request")
@staff_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """The case: the whole page, or for a page that is open only what stands beside the queue."""
    case, staff = case_of(request, number)
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "desk/work.html", work_context(case, staff))
    # The frame knows the cursor of the stream and so comes before everything that it may move.
    around = frame.context(staff, "inbox") | queue_context(request, staff, case.number)
    return render(request, "desk/inbox.html", around | work_context(case, staff))


def work_context(case: Case, staff: StaffMember) -> dict[str, Any]:
    """Template variables of the conversation and the facts beside it."""
    found = queries.lines(case, acting(staff, case.brand), limit=PAGE)
    first = found[0].entry.sequence if found else 1
    return {
        "lines": shown(case, found),
        "earlier": first if first > 1 else None,
        "client_id": ids.uuid7(),
        **head_context(case, staff),
        **facts.context(case, staff),
    }


def head_context(case: Case, staff: StaffMember, problem: str = "") -> dict[str, Any]:
    """Template variables of the bar above the conversation."""
    due = case.late_since
    whole = first_answer_within(case.channel, Priority(case.priority))
    return {
        "case": case,
        "staff": staff,
        "payment": queries.subject_payment(case),
        "urgency": urgency(due, clock.now(), whole=whole),
        "left": due - clock.now() if due else None,
        "may_reopen": may(staff, case.brand, actions.needed_to_reopen(case, staff)),
        "problem": problem,
    }


@require_safe
@staff_required
def head(request: HttpRequest, number: str) -> HttpResponse:
    """The bar above the conversation, again."""
    case, staff = case_of(request, number)
    return render(request, "desk/head.html", head_context(case, staff))


@require_safe
@staff_required
def facts_pane(request: HttpRequest, number: str) -> HttpResponse:
    """The customer and what may be done, again."""
    case, staff = case_of(request, number)
    return render(request, "desk/facts.html", facts.context(case, staff))


@require_safe
@staff_required
def entries(request: HttpRequest, number: str) -> HttpResponse:
    """Lines after a sequence as JSON for the page's module, or earlier ones as HTML."""
    case, staff = case_of(request, number)
    actor = acting(staff, case.brand)
    if "before" in request.GET:
        found = queries.lines(case, actor, before=whole(request, "before", FAR), limit=PAGE)
        first = found[0].entry.sequence if found else 1
        context = {"case": case, "lines": shown(case, found), "staff": staff}
        return render(
            request, "desk/earlier.html", context | {"earlier": first if first > 1 else 0}
        )
    found = queries.lines(case, actor, after=whole(request, "after", 0), limit=PAGE)
    day = request.GET.get("day", "")
    context = {"case": case, "lines": shown(case, found, last_day=day), "staff": staff}
    marks = queries.marks(case)
    return JsonResponse(
        {
            "html": render_to_string("desk/lines.html", context, request),
            "last": found[-1].entry.sequence if found else 0,
            "more": len(found) == PAGE,
            "read": marks.customer_read,
            "delivered": marks.customer_delivered,
        }
    )


@require_POST
@staff_required
def post(request: HttpRequest, number: str) -> HttpResponse:
    """Take a reply or a note under its client-made id; the same id again answers the same line."""
    case, staff = case_of(request, number)
    try:
        entry = actions.post_message(
            case,
            author=acting(staff, case.brand),
            client_id=UUID(request.POST.get("client_id", "")),
            body=request.POST.get("body", ""),
            internal=request.POST.get("internal") == "1",
            file_ids=[UUID(one) for one in request.POST.get("files", "").split(",") if one],
        )
    except CaseRefused as error:
        return _refused(request, number, texts.refusal(error.code))
    except ValueError:
        return _refused(request, number, _("请求不完整，请刷新页面后再试。"))
    if not _by_module(request):
        return redirect("desk_case", number)
    return JsonResponse({"sequence": entry.sequence, "client_id": str(entry.client_id)}, status=201)


@require_POST
@staff_required
def read(request: HttpRequest, number: str) -> HttpResponse:
    """Note how far the reader has seen."""
    case, staff = case_of(request, number)
    actions.mark_read(case, acting(staff, case.brand), read=whole(request, "read", 0))
    return HttpResponse(status=204)


@require_POST
@staff_required
def typing(request: HttpRequest, number: str) -> HttpResponse:
    """Tell that somebody writes; of a note, only colleagues hear."""
    case, staff = case_of(request, number)
    internal = request.POST.get("internal") == "1"
    actions.typing(case, acting(staff, case.brand), internal=internal)
    return HttpResponse(status=204)


@require_POST
@staff_required
def at_desk(request: HttpRequest) -> HttpResponse:
    """A desk page is open, perhaps on a case: keeps one's cases, and colleagues see one there."""
    staff = frame.staff_of(request)
    actions.seen_at_desk(staff)
    if number := request.POST.get("case", ""):
        case, staff = case_of(request, number)
        actions.present(case, acting(staff, case.brand), name=staff.name)
    return HttpResponse(status=204)


@require_POST
@staff_required
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Store one file for a message to come; 201 with its id, or 400 with what is wrong."""
    case, staff = case_of(request, number)
    actor = acting(staff, case.brand)
    sent = request.FILES.get("file")
    if sent is None:
        return JsonResponse({"problem": _("没有收到文件。")}, status=400)
    try:
        stored = files.store_upload(brand=case.brand, owner=case.subject, actor=actor, upload=sent)
    except FileRefused as error:
        return JsonResponse({"problem": file_texts.refusal(error.code)}, status=400)
    return JsonResponse({"id": str(stored.pk), "name": stored.name}, status=201)


@require_safe
@staff_required
def download(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """A file on a line of the case."""
    case, _staff = case_of(request, number)
    try:
        return as_download(access.file_in(case, file_id, internal=True))
    except (CaseNotFound, FileUnreadable):
        raise Http404 from None


def whole(request: HttpRequest, name: str, otherwise: int) -> int:
    """A whole number of the request, or `otherwise`."""
    values = request.GET if request.method == "GET" else request.POST
    text = values.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return otherwise
    return min(int(text), FAR) if len(text) <= MOST_DIGITS else FAR


def _by_module(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _refused(request: HttpRequest, number: str, words: str) -> HttpResponse:
    if _by_module(request):
        return JsonResponse({"problem": words}, status=400)
    messages.error(request, words)
    return redirect("desk_case", number)
