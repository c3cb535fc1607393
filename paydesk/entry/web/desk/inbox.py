"""The inbox: the queue pane, and the case that is open beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.desk.cases import actions, queries, texts
from paydesk.desk.cases.queries import Counts, Row, Tab
from paydesk.desk.cases.rules import CaseRefused
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.people import queries as people
from paydesk.people.models import StaffMember

LATE_AFTER = timedelta(minutes=5)
TAB_KEY = "desk_tab"
BRAND_KEY = "desk_brand"
TEXT_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases the pane shows."""

    tab: Tab
    brand: str
    text: str


@dataclass(frozen=True, slots=True)
class TabView:
    """One tab with its number."""

    code: str
    name: str
    count: int | None


def filters_of(request: HttpRequest) -> Filters:
    """The filters asked for, else those of the last visit. Remembers them in the session."""
    held, asked = request.session, request.GET
    tab = asked.get("tab", held.get(TAB_KEY, Tab.MINE))
    tab = Tab(tab) if tab in list(Tab) else Tab.MINE
    brand = asked.get("brand", held.get(BRAND_KEY, ""))
    if (held.get(TAB_KEY), held.get(BRAND_KEY, "")) != (tab, brand):
        held[TAB_KEY], held[BRAND_KEY] = str(tab), brand
    return Filters(tab, brand, asked.get("q", "").strip()[:TEXT_LENGTH])


def queue_context(request: HttpRequest, staff: StaffMember, selected: str = "") -> dict[str, Any]:
    """Template variables of the queue pane."""
    filters = filters_of(request)
    brands = _brands_shown(staff, filters)
    counts = queries.counts(staff.pk, brands)
    rows, more = _rows(staff, brands, filters)
    return {
        "filters": filters,
        "counts": counts,
        "longest_late": counts.longest is not None and counts.longest > LATE_AFTER,
        "tabs": _tabs(counts),
        "rows": rows,
        "more": more,
        "selected": selected,
        "several_brands": len(brands) > 1,
    }


def _brands_shown(staff: StaffMember, filters: Filters) -> list[str]:
    own = people.brands_of(staff.pk)
    return [filters.brand] if filters.brand in own else own


def _rows(
    staff: StaffMember, brands: Sequence[str], filters: Filters
) -> tuple[Sequence[Row], bool]:
    if not filters.text:
        return queries.rows(staff.pk, brands, filters.tab)
    found = [people.find_customer(code, filters.text) for code in brands]
    customers = [one.pk for one in found if one is not None]
    return queries.search(staff.pk, brands, filters.text, customers), False


def _tabs(counts: Counts) -> list[TabView]:
    return [
        TabView(Tab.MINE, _("我的"), counts.mine),
        TabView(Tab.WAITING, _("待接"), counts.waiting),
        TabView(Tab.ALL, _("全部"), None),
    ]


@require_safe
@staff_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox with no case open."""
    staff = frame.staff_of(request)
    context = frame.context(staff, "inbox") | queue_context(request, staff)
    return render(request, "desk/inbox.html", context)


@require_safe
@staff_required
def queue(request: HttpRequest) -> HttpResponse:
    """The queue pane's rows alone, for a page that is open."""
    staff = frame.staff_of(request)
    context = queue_context(request, staff, request.GET.get("case", ""))
    return render(request, "desk/queue_update.html", context)


@require_POST
@staff_required
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the case that ranks first in the brands that the queue shows and go to it."""
    staff, filters = frame.staff_of(request), filters_of(request)
    brands = _brands_shown(staff, filters)
    try:
        case = actions.next_for(staff, brands)
    except CaseRefused as error:
        messages.warning(request, texts.refusal(error.code))
        return redirect("desk_inbox")
    if case is None:
        none = (
            _("这个品牌现在没有人在等待。")
            if brands == [filters.brand]
            else _("现在没有人在等待。")
        )
        messages.info(request, none)
        return redirect("desk_inbox")
    return redirect("desk_case", case.number)
