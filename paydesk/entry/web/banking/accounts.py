"""The customer's bank accounts: listed masked, added with every flaw at its field, removed."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from paydesk.brands.profile import in_language
from paydesk.entry.web.banking.forms import FIELDS, AccountForm, scheme_label, schemes
from paydesk.entry.web.banking.withdraw import account_view, lang
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import as_customer
from paydesk.entry.web.wallet.frame import frame, signed_in
from paydesk.money.payments.reasons import Reason
from paydesk.money.payouts import access, actions, directory, queries, texts
from paydesk.money.payouts.access import NotYours
from paydesk.money.payouts.actions import BankRefused
from paydesk.money.payouts.details import Scheme
from paydesk.people.models import Customer


@signed_in
def accounts(request: BrandRequest, customer: Customer) -> HttpResponse:
    """The accounts in use."""
    known = [account_view(one) for one in queries.bank_accounts(customer)]
    return render(request, "banking/accounts.html", frame(customer, "home", accounts=known))


@signed_in
def add(request: BrandRequest, customer: Customer) -> HttpResponse:
    """A form for one kind of account; the other kinds are a link away."""
    offered = schemes(request.brand.payouts.countries)
    asked = request.POST.get("scheme") or request.GET.get("scheme") or offered[0]
    scheme = next((one for one in offered if one == asked), offered[0])
    form = _form(request, customer, scheme)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.add_bank_account(
                customer=customer, typed=form.typed, actor=as_customer(customer).actor
            )
        except BankRefused as refused:
            _tell(form, refused, request.brand.payouts.countries)
        else:
            messages.success(
                request, _("已添加 %(account)s。") % {"account": queries.label(account, lang())}
            )
            return redirect("banking_accounts")
    context = frame(
        customer,
        "home",
        form=form,
        scheme=scheme,
        schemes=[(one.value, scheme_label(one)) for one in offered],
        cooling=int(request.brand.payouts.cooling_off.total_seconds() // 3600),
    )
    return render(request, "banking/account_add.html", context, status=422 if form.errors else 200)


def _form(request: BrandRequest, customer: Customer, scheme: Scheme) -> AccountForm:
    abroad = [one for one in request.brand.payouts.countries if one != "CN"] or ["CN"]
    return AccountForm(
        request.POST if request.method == "POST" else None,
        scheme=scheme,
        countries=[(code, texts.country(code, lang())) for code in abroad],
        banks=[(one.code, in_language(one.names, lang())) for one in directory.all_of("CN")],
        initial={"holder": customer.name},
    )


def _tell(form: AccountForm, refused: BankRefused, countries: Iterable[str]) -> None:
    """Every flaw at the field that it is typed into; the rest above the form."""
    for flaw in refused.flaws:
        name = FIELDS[flaw.field]
        if name == "bank" and name not in form.fields:
            name = "branch"
        form.add_error(name if name in form.fields else None, texts.flaw(flaw, lang()))
    if refused.flaws:
        return
    if refused.refusal and refused.refusal.reason is Reason.NAME_DIFFERS:
        form.add_error("holder", _("持有人与您的实名不一致。只能添加本人的账户，请核对拼写。"))
    elif refused.refusal:
        served = "、".join(texts.country(code, lang()) for code in countries)
        form.add_error(
            None, _("目前不能汇到这个国家或地区的银行。可汇往：%(served)s。") % {"served": served}
        )
    elif refused.code == "already_added":
        form.add_error("number", _("这个账户已经添加过了。"))
    else:
        form.add_error(None, _("银行账户已达上限，请先移除不用的。"))


@require_POST
@signed_in
def remove(request: BrandRequest, customer: Customer, account_id: str) -> HttpResponse:
    """Take an account out of use."""
    try:
        account = access.bank_account_of(customer, account_id)
    except NotYours:
        raise Http404 from None
    actions.remove_bank_account(account, actor=as_customer(customer).actor)
    messages.success(
        request, _("已移除 %(account)s。") % {"account": queries.label(account, lang())}
    )
    return redirect("banking_accounts")
