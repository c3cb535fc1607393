"""Home, security and help: what a customer comes back to."""

from contextlib import suppress
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands.profile import in_language
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support import hours
from paydesk.entry.web.support.cards import cards
from paydesk.entry.web.support.contacts import accounts_of
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, balances_of
from paydesk.entry.web.wallet.forms import FreezeForm
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.holds import holds_of
from paydesk.entry.web.wallet.moves import Move, moves_of
from paydesk.entry.web.wallet.notices import notices_of, restrictions_of
from paydesk.entry.web.wallet.places import places
from paydesk.money.payments import queries as payments
from paydesk.people import actions as people_actions
from paydesk.people import queries as people
from paydesk.people.models import Customer, RestrictionKind, Scope

_RECENT = 8
_EXPLAINED = 2
_CASES = 3


@signed_in
def home(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Notices, balance, what happened lately and why, and the way to a person."""
    currency = request.brand.default_currency
    side = as_customer(customer)
    context = frame(
        customer,
        "home",
        notices=notices_of(request.brand),
        restrictions=restrictions_of(customer),
        balance=balance_of(customer, currency),
        others=[one for one in balances_of(customer) if one.currency != currency],
        holds=holds_of(customer),
        moves=_recent(customer),
        places=places(customer.brand),
        desk=hours.desk(request.brand),
        cases=cards(side, [case for case in side.cases() if case.live][:_CASES]),
    )
    return render(request, "wallet/home.html", context)


def _recent(customer: Customer) -> list[Move]:
    """The latest payments; of those that failed the newest explain themselves in place."""
    moves = moves_of(payments.recent(customer, _RECENT), customer, explained=True)
    unexplained = [move for move in moves if move.finding][_EXPLAINED:]
    return [replace(move, brief=move in unexplained) for move in moves]


@signed_in
def security(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Who signed in lately, the freeze, language and look."""
    levels = request.brand.identity_levels
    level = levels[min(customer.identity_level, len(levels) - 1)]
    context = frame(
        customer,
        "security",
        restrictions=[],
        frozen=_frozen(customer),
        identity=in_language(level.names, get_language() or "zh-hans"),
        email=customer.user.email,
        phone=customer.user.phone or "",
        message_lang=customer.user.lang,
        sign_ins=people.last_sign_ins(customer.user_id, limit=6),
    )
    return render(request, "wallet/security.html", context)


@require_POST
@signed_in
def message_language(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Choose the language of mails and text messages."""
    actor = as_customer(customer).actor
    with suppress(ValueError):
        people_actions.set_language(customer, request.POST.get("lang", ""), actor=actor)
        messages.success(request, _("已保存。以后的邮件和短信用所选的语言。"))
    return redirect("wallet_security")


@signed_in
def freeze(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Ask once more, then freeze the reader's own wallet."""
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actor = as_customer(customer).actor
        people_actions.place_freeze(customer, scope=Scope.ALL, reason="by_customer", actor=actor)
        messages.success(request, _("钱包已冻结。没有人能再转出或转入。"))
        return redirect("wallet_security")
    if _frozen(customer):
        return redirect("wallet_security")
    context = frame(customer, "security", form=form)
    return render(request, "wallet/freeze.html", context, status=422 if form.errors else 200)


@signed_in
def help_page(request: BrandRequest, customer: Customer) -> HttpResponse:
    """How the service stands, when somebody is there, and the official ways to reach us."""
    side = as_customer(customer)
    context = frame(
        customer,
        "help",
        notices=notices_of(request.brand),
        desk=hours.desk(request.brand),
        hours=hours.table(request.brand),
        accounts=accounts_of(request.brand),
        cases=cards(side, side.cases()[:_CASES]),
    )
    return render(request, "wallet/help.html", context)


def _frozen(customer: Customer) -> bool:
    held = people.active_restrictions(customer.id)
    return any(one.kind == RestrictionKind.FREEZE for one in held)
