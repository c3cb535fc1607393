"""Rules of risk: what is in force, its versions, trying them on the past, switching them on."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from paydesk.brands import profiles
from paydesk.entry.web.accounts.guards import staff_required
from paydesk.entry.web.desk import frame
from paydesk.entry.web.operations import risk_edit
from paydesk.entry.web.operations.risk_plot import plot
from paydesk.money.risk import access, actions, queries, texts
from paydesk.money.risk.models import RuleSetState
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, may

DAYS = (7, 30, 90)


@require_safe
@staff_required
def risk(request: HttpRequest) -> HttpResponse:
    """A brand's rules in force, and its rule sets."""
    staff = frame.staff_of(request)
    return render(request, "operations/risk.html", _context(request, staff))


def _context(request: HttpRequest, staff: StaffMember) -> dict[str, Any]:
    brands = access.brands_of(staff)
    asked = request.POST.get("brand") or request.GET.get("brand", "")
    brand = asked if asked in brands else brands[0]
    sets = queries.rule_sets(brand)
    active = next((one for one in sets if one.state == RuleSetState.ACTIVE), None)
    return frame.context(staff, "risk") | {
        "chosen": brand,
        "choices": [(code, frame.brand_name(code)) for code in brands],
        "active": active,
        "rules": _told(risk_edit.in_force(brand), brand),
        "sets": sets,
        "brand_code": brand,
        "base": "",
        "new_kinds": risk_edit.kinds(),
        "may_edit": may(staff, brand, Permission.RISK_EDIT),
        "waiting": queries.reviews(brands).count(),
    }


def _told(rows: Iterable[Mapping[str, Any]], brand: str) -> list[dict[str, Any]]:
    """Rules in words, those first that decide first."""
    currencies = profiles.get(brand).currencies
    found = [texts.rule(row, currencies) for row in rows]
    return sorted(found, key=lambda one: -int(one["priority"]))


@staff_required
def ruleset(request: HttpRequest, ruleset_id: UUID) -> HttpResponse:
    """One rule set: its rules, its dry runs, and the way to switch it on."""
    staff = frame.staff_of(request)
    try:
        found = access.rule_set(staff, ruleset_id)
    except PermissionDenied:
        raise Http404 from None
    if request.method == "POST":
        _act(request, staff, found.id)
        return redirect("operations_ruleset", ruleset_id)
    context = frame.context(staff, "risk") | {
        "ruleset": found,
        "rules": _told(found.rules, found.brand),
        "brand_code": found.brand,
        "base": str(found.id),
        "new_kinds": risk_edit.kinds(),
        "days": DAYS,
        "runs": [_run(one) for one in queries.dry_runs(found)],
        "may_edit": may(staff, found.brand, Permission.RISK_EDIT),
        "state": texts.ruleset_state(found.state),
        "brand_label": frame.brand_name(found.brand),
    }
    return render(request, "operations/ruleset.html", context)


def _act(request: HttpRequest, staff: StaffMember, ruleset_id: UUID) -> None:
    found = access.rule_set(staff, ruleset_id)
    if request.POST.get("step") == "switch_on":
        try:
            actions.ask_to_switch_on(found, staff=staff, reason=request.POST.get("reason", ""))
        except actions.NotPossible:
            messages.error(request, _("这套规则已经处理过。"))
        else:
            messages.success(request, _("已提交，等待另一位主管审批。"))
        return
    days = request.POST.get("days", "")
    if days in {str(one) for one in DAYS}:
        actions.ask_for_dry_run(found, days=int(days), staff=staff)


@require_safe
@staff_required
def dry_run(request: HttpRequest, dry_run_id: UUID) -> HttpResponse:
    """A dry run alone, for a page that waits for it."""
    try:
        found = access.dry_run(frame.staff_of(request), dry_run_id)
    except PermissionDenied:
        raise Http404 from None
    return render(request, "operations/dry_run.html", {"run": _run(found)})


def _run(run: Any) -> dict[str, Any]:
    """A dry run as the page shows it."""
    result = run.result or {}
    outcomes = [
        {
            "name": texts.outcome(code),
            "now": result.get("now", {}).get(code, 0),
            "would": result.get("would", {}).get(code, 0),
        }
        for code in texts.OUTCOMES
    ]
    examples = [texts.example(one) for one in result.get("examples", [])]
    days = result.get("days", {})
    return {
        "run": run,
        "going": run.state in {"queued", "running"},
        "outcomes": outcomes,
        "examples": examples,
        "changed": result.get("changed", 0),
        "plot": plot(days) if days else "",
        "rules": sorted(result.get("rules", {}).items(), key=lambda pair: -pair[1]),
    }
