"""Reads about bank accounts and withdrawals. Never writes; who may see what is in `access`."""

from collections.abc import Sequence
from uuid import UUID

from paydesk.brands.profile import in_language
from paydesk.kit import vault
from paydesk.money.payments.actions import by_bank
from paydesk.money.payments.models import Attempt, Payment
from paydesk.money.payouts import directory, texts
from paydesk.money.payouts.details import Details, Scheme
from paydesk.money.payouts.models import BankAccount, Withdrawal
from paydesk.money.payouts.rules import WithdrawalState
from paydesk.people.models import Customer

OWED_SHOWN = 100


def bank_accounts(customer: Customer) -> Sequence[BankAccount]:
    """The customer's bank accounts in use, newest first."""
    return list(
        BankAccount.objects.filter(
            brand=customer.brand, customer=customer, removed_at=None
        ).order_by("-added_at", "-id")
    )


def details_of(account: BankAccount) -> Details:
    """The account's details in the clear: for checks and for the provider, never for a page.

    Raises vault.Unopenable.
    """
    return Details(
        scheme=Scheme(account.scheme),
        country=account.country,
        holder=vault.unseal(bytes(account.holder_sealed), account.about),
        number=vault.unseal(bytes(account.number_sealed), account.about),
        bank=account.bank,
        branch=account.branch,
    )


def owed(payment: Payment) -> by_bank.Owed | None:
    """What of a withdrawal came back for a closed account: no wallet can take it."""
    row = Withdrawal.objects.select_related("customer").filter(payment=payment).first()
    if row is None or row.state != WithdrawalState.RETURNING or row.customer.closed_at is None:
        return None
    if payment.refunded:  # credited before it closed, and only not noted
        return None
    assert row.attempt_id
    attempt = Attempt.objects.get(id=row.attempt_id)
    amount, currency = payment.amount, payment.currency
    return by_bank.Owed(payment, attempt, row.customer, amount, currency, row.return_purpose)


def owed_to_closed(brand: str) -> Sequence[Withdrawal]:
    """Withdrawals that the bank sent back and whose customer's account is closed, the oldest
    first: no wallet can take them."""
    rows = Withdrawal.objects.filter(
        brand=brand,
        state=WithdrawalState.RETURNING,
        customer__closed_at__isnull=False,
        payment__refunded=0,
    )
    return list(rows.select_related("payment", "customer").order_by("returned_at")[:OWED_SHOWN])


def bank_name(account: BankAccount, lang: str) -> str:
    """The bank as its customers call it; without one that we know, its BIC or country."""
    bank = directory.get(account.bank) or directory.of_swift(account.branch)
    if bank:
        return in_language(bank.names, lang)
    if account.scheme in {Scheme.SWIFT, Scheme.IBAN} and account.branch:
        return account.branch
    return texts.country(account.country, lang)


def label(account: BankAccount, lang: str) -> str:
    """A bank account as it is shown: 招商银行 尾号 1234."""
    return texts.account(bank_name(account, lang), account.last4, lang)


def withdrawals(customer: Customer, limit: int = 20) -> Sequence[Withdrawal]:
    """The customer's latest withdrawals, newest first, payment and bank account with them."""
    found = Withdrawal.objects.filter(brand=customer.brand, customer=customer)
    related = found.select_related("payment", "bank_account", "credit")
    return list(related.order_by("-payment__created_at", "-payment_id")[:limit])


def withdrawal_of(payment: Payment) -> Withdrawal | None:
    """The withdrawal behind a payment, or behind the credit that brought one back."""
    either = Withdrawal.objects.select_related("payment", "bank_account", "credit")
    return either.filter(payment=payment).first() or either.filter(credit=payment).first()


def is_cancellable(withdrawal: Withdrawal) -> bool:
    """Whether it can still be taken back: it was not sent yet."""
    return withdrawal.state == WithdrawalState.WAITING and withdrawal.payment.finished_at is None


def of_attempt(attempt_id: UUID) -> Withdrawal | None:
    """The withdrawal that an attempt sends."""
    return Withdrawal.objects.select_related("payment").filter(attempt_id=attempt_id).first()
