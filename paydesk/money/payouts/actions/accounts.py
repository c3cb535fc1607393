"""Adding and removing a customer's bank accounts. Numbers and names are sealed before they are
stored, and never written to audit or events."""

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids, vault
from paydesk.kit.actors import Actor
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payouts import queries
from paydesk.money.payouts.details import Details, Flaw, check
from paydesk.money.payouts.models import BankAccount
from paydesk.money.payouts.names import same_name
from paydesk.money.payouts.rules import not_served
from paydesk.people.models import Customer
from paydesk.people.telling import write

MOST_ACCOUNTS = 10
_TOLD = "payouts/account_added"


class BankRefused(ValueError):
    """Bank details that can't be used. `refusal` is the catalogue's reason with its facts (rows
    31, 40, 41), `flaws` every field that is wrong; `code` else: already_added, too_many."""

    def __init__(
        self, refusal: Refusal | None = None, flaws: tuple[Flaw, ...] = (), code: str = ""
    ) -> None:
        super().__init__(code or (refusal.reason.value if refusal else ""))
        self.refusal = refusal
        self.flaws = flaws
        self.code = code


def add_bank_account(*, customer: Customer, typed: Details, actor: Actor) -> BankAccount:
    """Keep a bank account of the customer's own; usable after the brand's cooling-off.

    Tells the customer by mail. Raises BankRefused.
    """
    terms = profiles.get(customer.brand).payouts
    clean, flaws = check(typed)
    if flaws:
        facts = {"field": flaws[0].field, "problem": flaws[0].problem.value}
        raise BankRefused(Refusal(Reason.BANK_DETAILS, facts), flaws)
    if clean.country not in terms.countries:
        raise BankRefused(Refusal(Reason.BANK_NOT_SERVED, not_served(clean)))
    if not same_name(clean.holder, customer.name):
        raise BankRefused(Refusal(Reason.NAME_DIFFERS))
    return _store(customer, clean, actor)


@transaction.atomic
def _store(customer: Customer, clean: Details, actor: Actor) -> BankAccount:
    # The customer's row is locked: two additions at once can't both be the tenth, or the same.
    Customer.objects.select_for_update(no_key=True).get(id=customer.id)
    known = queries.bank_accounts(customer)
    if any(queries.details_of(one).number == clean.number for one in known):
        raise BankRefused(code="already_added")
    if len(known) >= MOST_ACCOUNTS:
        raise BankRefused(code="too_many")
    now = clock.now()
    account = BankAccount(
        id=ids.uuid7(),
        brand=customer.brand,
        customer=customer,
        scheme=clean.scheme,
        country=clean.country,
        bank=clean.bank,
        branch=clean.branch,
        last4=clean.last4,
        added_at=now,
        usable_from=now + profiles.get(customer.brand).payouts.cooling_off,
    )
    account.number_sealed = vault.seal(clean.number, account.about)
    account.holder_sealed = vault.seal(clean.holder, account.about)
    account.save(force_insert=True)
    _record(account, actor, "payouts.bank_account_added")
    write(customer, _TOLD, {"bank": queries.label(account, customer.user.lang)})
    return account


@transaction.atomic
def remove_bank_account(account: BankAccount, *, actor: Actor) -> None:
    """Take a bank account out of use; what is under way to it goes on. Idempotent."""
    removed = BankAccount.objects.filter(id=account.id, removed_at=None).update(
        removed_at=clock.now()
    )
    if removed:
        _record(account, actor, "payouts.bank_account_removed")


def _record(account: BankAccount, actor: Actor, action: str) -> None:
    audit.record(
        brand=account.brand,
        actor=actor,
        action=action,
        subject=f"customer:{account.customer_id}",
        details={
            "bank_account": account.id,
            "scheme": account.scheme,
            "country": account.country,
            "bank": account.bank,
        },
    )
