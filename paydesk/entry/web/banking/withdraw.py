"""Withdrawing: choose an account and an amount, see fee and arrival, confirm. Then follow it.

Confirming twice is the same request under the same key.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands import profiles
from paydesk.entry.web.banking.forms import WithdrawForm
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.balances import balance_of, balances_of, topup_query
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.entry.web.wallet.moves import Move, move_of
from paydesk.entry.web.wallet.notices import notices_of, restrictions_of
from paydesk.entry.web.wallet.prefill import earlier, prefilled
from paydesk.kit import clock, ids
from paydesk.kit.money import SYMBOLS, format_amount
from paydesk.money.payments import fees, limits
from paydesk.money.payments.plans import RequestConflict
from paydesk.money.payments.states import PaymentKind, PaymentState
from paydesk.money.payouts import access, actions, channel, queries, rules, texts
from paydesk.money.payouts.access import NotYours
from paydesk.money.payouts.actions import NotCancellable
from paydesk.money.payouts.actions.withdrawing import WithdrawalWish
from paydesk.money.payouts.channel import NoChannel
from paydesk.money.payouts.models import BankAccount, Withdrawal
from paydesk.people.models import Customer


@dataclass(frozen=True, slots=True)
class AccountView:
    """A bank account as its owner sees it; `usable_from` only while it cools off."""

    id: str
    bank: str
    label: str
    last4: str
    kind: str
    usable_from: datetime | None


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """One withdrawal with its payment as a line."""

    row: Withdrawal
    move: Move
    state: str
    cancellable: bool


def lang() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


def account_view(account: BankAccount) -> AccountView:
    """A bank account in the reader's words."""
    waits = account.usable_from > clock.now()
    return AccountView(
        id=str(account.id),
        bank=queries.bank_name(account, lang()),
        label=queries.label(account, lang()),
        last4=account.last4,
        kind=texts.scheme(account.scheme, lang()),
        usable_from=account.usable_from if waits else None,
    )


def _view(row: Withdrawal, customer: Customer) -> WithdrawalView:
    return WithdrawalView(
        row=row,
        move=move_of(row.payment, customer),
        state=texts.state(row.state, lang()),
        cancellable=queries.is_cancellable(row),
    )


@signed_in
def withdraw(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The form, the confirmation and the asking, told apart by the field `step`."""
    if not channel.is_there(request.brand.code):
        return _not_offered(request, customer)
    known = queries.bank_accounts(customer)
    choices = [(str(one.id), queries.label(one, lang())) for one in known]
    if request.method != "POST":
        initial = prefilled(request, customer)
        first = request.GET.get("account") or _account_before(request, customer, choices)
        form = WithdrawForm(
            brand=request.brand, choices=choices, initial={**initial, "account": first}
        )
        return _form(request, customer, form, known)
    form = WithdrawForm(request.POST, brand=request.brand, choices=choices)
    if not form.is_valid():
        return _form(request, customer, form, known)
    account = access.bank_account_of(customer, form.cleaned_data["account"])
    if request.POST.get("step") != "send":
        return _confirm(request, customer, form, account)
    return _send(request, customer, form, account)


def _account_before(
    request: BrandRequest, customer: Customer, choices: list[tuple[str, str]]
) -> str:
    """Where the withdrawal that is tried again was to go, else the newest account; "" for none."""
    failed = earlier(customer, request.GET.get("retry"))
    before = str(failed.details.get("bank_account", "")) if failed else ""
    known = [one for one, _label in choices]
    return before if before in known else known[0] if known else ""


def _not_offered(request: BrandRequest, customer: Customer) -> HttpResponse:
    """Nobody pays out for the brand here: said at once, not after a form was filled in."""
    latest = [_view(one, customer) for one in queries.withdrawals(customer, 5)]
    notices = notices_of(request.brand)
    context = frame(customer, "home", closed=True, latest=latest, notices=notices)
    status = 200 if request.method == "GET" else 409
    return render(request, "banking/withdraw.html", context, status=status)


def _form(
    request: BrandRequest, customer: Customer, form: WithdrawForm, known: Any
) -> HttpResponse:
    brand = request.brand
    currency = form["currency"].value() or brand.default_currency
    if currency not in brand.currencies:
        currency = brand.default_currency
    trip = rules.journey(brand.payouts, brand.zone, clock.now())
    context = frame(
        customer,
        "home",
        form=form,
        symbol=SYMBOLS.get(currency, currency),
        available=" · ".join(one.available for one in balances_of(customer)),
        accounts=[account_view(one) for one in known],
        chosen=form["account"].value(),
        notices=notices_of(brand),
        restrictions=restrictions_of(customer),
        trip=trip,
        limits=limits_of(customer, currency),
        latest=[_view(one, customer) for one in queries.withdrawals(customer, 5)],
        identity=customer.identity_level < brand.payouts.identity_level,
    )
    return render(request, "banking/withdraw.html", context, status=422 if form.errors else 200)


def limits_of(customer: Customer, currency: str) -> list[tuple[str, str]]:
    """What may still leave, by period, in words."""
    names = {"single": _("单笔最多"), "day": _("今天还可转出"), "month": _("本月还可转出")}
    return [
        (names[one.period], format_amount(one.left, currency))
        for one in limits.left(customer, currency)
    ]


def _confirm(
    request: BrandRequest, customer: Customer, form: WithdrawForm, account: BankAccount
) -> HttpResponse:
    data, brand = form.cleaned_data, request.brand
    fee = fees.fee(brand, PaymentKind.WITHDRAWAL, data["minor"], data["currency"])
    balance, whole = balance_of(customer, data["currency"]), data["minor"] + fee
    # A fresh key for what is confirmed now: going back to change the amount is another request.
    values = request.POST.copy()
    values["key"] = str(ids.uuid7())
    fresh = WithdrawForm(values, brand=brand, choices=form.fields["account"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    trip = rules.journey(brand.payouts, brand.zone, clock.now())
    context = frame(
        customer,
        "home",
        form=fresh,
        amount=format_amount(data["minor"], data["currency"]),
        fee=format_amount(fee, data["currency"]),
        whole=format_amount(whole, data["currency"]),
        account=account_view(account),
        trip=trip,
        left=balance.less(whole),
        short=balance.short_of(whole),
        short_query=topup_query(balance, whole),
        grace=int(brand.payouts.grace.total_seconds() // 60),
    )
    return render(request, "banking/withdraw_confirm.html", context)


def _send(
    request: BrandRequest, customer: Customer, form: WithdrawForm, account: BankAccount
) -> HttpResponse:
    data = form.cleaned_data
    wish = WithdrawalWish(
        customer=customer,
        bank_account=account,
        amount=data["minor"],
        currency=data["currency"],
        actor=as_customer(customer).actor,
        key=data["key"],
        client_version=request.headers.get("X-Client-Version", ""),
        retry_of=earlier(customer, data["retry_of"]),
    )
    try:
        outcome = actions.withdraw(wish)
    except RequestConflict:
        form.add_error(None, _("这一页已经提交过别的内容。请核对后再次提交。"))
        return _confirm(request, customer, form, account)
    except NoChannel:  # it went while the form was open
        return _not_offered(request, customer)
    if outcome.state is PaymentState.FAILED:
        return redirect("wallet_payment", outcome.number)
    return redirect("banking_withdrawal", outcome.number)


@signed_in
def withdrawal(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """One withdrawal: where it goes, when it leaves and arrives, and how to take it back."""
    row = _own(customer, number)
    zone = profiles.get(row.brand).zone
    goes_out_on: date = row.goes_out_at.astimezone(zone).date()
    context = frame(
        customer,
        "activity",
        one=_view(row, customer),
        fee=format_amount(row.payment.fee, row.payment.currency),
        account=account_view(row.bank_account),
        goes_out_on=goes_out_on,
        credit=move_of(row.credit, customer) if row.credit else None,
    )
    return render(request, "banking/withdrawal.html", context)


@require_POST
@signed_in
def cancel(request: BrandRequest, customer: Customer, number: str) -> HttpResponse:
    """Take it back while it was not sent."""
    row = _own(customer, number)
    try:
        actions.cancel(row, actor=as_customer(customer).actor)
    except NotCancellable:
        messages.error(request, _("已经交给银行，不能再撤销。"))
    else:
        messages.success(request, _("已撤销，款项和手续费都回到了余额。"))
    return redirect("banking_withdrawal", number)


def _own(customer: Customer, number: str) -> Withdrawal:
    try:
        return access.withdrawal_of(customer, number)
    except NotYours:
        raise Http404 from None
