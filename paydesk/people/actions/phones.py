"""A phone number becomes somebody's by a code sent to it. Until then it counts for nothing."""

from django.db import IntegrityError, transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind
from paydesk.notifications.models import ToKind
from paydesk.people import queries, telling
from paydesk.people.actions.codes import send_code, take_code
from paydesk.people.actions.customers import AlreadyRegistered, NotUsable
from paydesk.people.models import CodePurpose, Customer, OneTimeCode, User


def ask_phone_code(customer: Customer, phone: str) -> OneTimeCode:
    """Send a code to the number that the customer says is theirs. Raises NotUsable, CodeRefused."""
    number = queries.normal_phone(customer.brand, phone)
    if number is None:
        raise NotUsable("phone")
    return send_code(customer.user, CodePurpose.PHONE, to_kind=ToKind.SMS, to_address=number)


def prove_phone(customer: Customer, typed: str) -> str:
    """Take the code: the number it was sent to is the customer's from now on, in E.164.

    Replacing a number that was proved starts the cooling-off and is told to the mail address.
    Raises CodeRefused, AlreadyRegistered where somebody else proved the number before.
    """
    code = take_code(customer.user, CodePurpose.PHONE, typed)
    try:
        with transaction.atomic():
            _settle(customer, code.to_address)
    except IntegrityError as error:
        if "user_phone_once" not in str(error):
            raise
        raise AlreadyRegistered("phone") from error
    customer.user.refresh_from_db()
    return code.to_address


def _settle(customer: Customer, number: str) -> None:
    now = clock.now()
    user = User.objects.select_for_update(no_key=True).get(id=customer.user_id)
    replaced = bool(user.phone_proved_at and user.phone != number)
    user.phone, user.phone_proved_at = number, now
    if replaced:
        user.contact_changed_at = now
    user.save(update_fields=["phone", "phone_proved_at", "contact_changed_at"])
    actor = Actor(ActorKind.CUSTOMER, customer.id, customer.brand)
    audit.record(
        brand=customer.brand,
        actor=actor,
        action="customer.phone_changed" if replaced else "customer.phone_proved",
        subject=f"customer:{customer.id}",
    )
    if replaced:
        at = telling.local_time(user, now)
        telling.mail(user, "people/phone_changed", actor=actor, params={"at": at})
