"""What the conversation page asks for while it is open: lines, sending, marks, files.

Every request says again who asks; a session that lapsed is answered 401 and the page keeps what
was not sent. Answers JSON to the page's module and a redirect to a plain form.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paydesk.desk.cases import access, actions, queries
from paydesk.desk.cases.access import CaseNotFound
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import Line
from paydesk.desk.cases.rules import CaseRefused
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support import limits, pages
from paydesk.entry.web.support.bubbles import bubbles
from paydesk.entry.web.support.correspondent import Correspondent, own_case, sides
from paydesk.files import actions as files
from paydesk.files import texts as file_texts
from paydesk.files.access import as_download
from paydesk.files.rules import FileRefused

FAR = 2**31 - 1
MOST_DIGITS = 20  # reading thousands of them costs time, and Python refuses to


@require_GET
def entries(request: BrandRequest, number: str) -> HttpResponse:
    """Lines after a sequence (?after=) or before one (?before=), rendered; whether more wait."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    after, before = _whole(request, "after", 0), _whole(request, "before", FAR)
    found = queries.lines(case, side.actor, after=after, before=before, limit=pages.PAGE)
    return JsonResponse(_lines(case, side, found) | {"more": len(found) == pages.PAGE})


@require_POST
def send(request: BrandRequest, number: str) -> HttpResponse:
    """Take a message under its client-made id; the same id again answers the same line."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    if not limits.may_say(case, side):
        return _refused(request, number, _("消息太快了，请稍等片刻再发。"), status=429)
    try:
        entry = actions.post_message(
            case,
            author=side.actor,
            client_id=UUID(request.POST.get("client_id", "")),
            body=request.POST.get("body", ""),
            file_ids=[UUID(one) for one in request.POST.get("files", "").split(",") if one],
        )
    except CaseRefused as error:
        return _refused(request, number, pages.refusal(error))
    except ValueError:
        return _refused(request, number, _("请求不完整，请刷新页面后再试。"))
    if not _by_page(request):
        return redirect("support_case", number)
    return JsonResponse(_lines(case, side, [queries.line_of(entry)]))


@require_POST
def read(request: BrandRequest, number: str) -> HttpResponse:
    """Note how far the reader has seen."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    actions.mark_read(case, side.actor, read=_whole(request, "sequence", 0))
    return HttpResponse(status=204)


@require_POST
def typing(request: BrandRequest, number: str) -> HttpResponse:
    """Tell the desk that the customer is writing."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    actions.typing(case, side.actor)
    return HttpResponse(status=204)


@require_GET
def state(request: BrandRequest, number: str) -> HttpResponse:
    """How far the desk has read, whether somebody attends, what is promised."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    actions.present(case, side.actor)
    return JsonResponse(
        {
            "staff_read": queries.marks(case).staff_read,
            "present": pages.is_here(case),
            "promise": pages.promise(case),
            "state": case.state,
        }
    )


@require_GET
def unread(request: BrandRequest) -> HttpResponse:
    """How many messages the reader has not seen, over all his conversations."""
    counts = [queries.unread(side.actor, side.cases()) for side in sides(request)]
    return JsonResponse({"unread": sum(sum(count.values()) for count in counts)})


@require_POST
def upload(request: BrandRequest, number: str) -> HttpResponse:
    """Store one file for a message to come; 201 with its id, or 400 with what is wrong."""
    try:
        case, side = own_case(request, number)
    except CaseNotFound:
        return _unknown(request)
    sent = request.FILES.get("file")
    if sent is None:
        return JsonResponse({"problem": _("没有收到文件。")}, status=400)
    if not limits.may_upload(request, side):
        return JsonResponse({"problem": _("文件发送太频繁，请过一会儿再试。")}, status=429)
    try:
        stored = files.store_upload(
            brand=case.brand, owner=str(side.actor), actor=side.actor, upload=sent
        )
    except FileRefused as error:
        return JsonResponse({"problem": file_texts.refusal(error.code)}, status=400)
    return JsonResponse({"id": str(stored.pk), "name": stored.name}, status=201)


@require_GET
def download(request: BrandRequest, number: str, file_id: UUID) -> HttpResponse:
    """A file on a line that the reader may see."""
    try:
        case, _side = own_case(request, number)
        stored = access.file_in(case, file_id, internal=False)
    except CaseNotFound:
        raise Http404 from None
    return as_download(stored)


def _lines(case: Case, side: Correspondent, lines: list[Line]) -> dict[str, Any]:
    staff_read = queries.marks(case).staff_read
    context = {"bubbles": bubbles(case, side, lines, staff_read)}
    return {"html": render_to_string("support/entries.html", context), "staff_read": staff_read}


def _by_page(request: BrandRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _unknown(request: BrandRequest) -> HttpResponse:
    if _by_page(request):
        status = 404 if request.user.is_authenticated else 401
        return JsonResponse({"problem": _("没有找到此会话。")}, status=status)
    return pages.missing(request)


def _refused(request: BrandRequest, number: str, words: str, *, status: int = 400) -> HttpResponse:
    if _by_page(request):
        return JsonResponse({"problem": words}, status=status)
    messages.error(request, words)
    return redirect("support_case", number)


def _whole(request: BrandRequest, name: str, otherwise: int) -> int:
    values = request.GET if request.method == "GET" else request.POST
    text = values.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return otherwise
    return min(int(text), FAR) if len(text) <= MOST_DIGITS else FAR
