"""Saving, choosing and removing means of payment. What is typed stays with the provider: its page
gives a token, and the token's masked display is all that is kept here."""

from uuid import UUID

from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.kit.events import actions as events
from paydesk.money.methods import queries, rules
from paydesk.money.methods.models import SavedMethod, Saving
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import Instrument, ProviderSilent
from paydesk.people.models import Customer

SAVING = "{saving}"
"""Stands in a return address for the id of the saving, which is not known before."""


class NowhereToSave(ValueError):
    """No provider of the brand has a page for it."""


class TooMany(ValueError):
    """The customer keeps as many methods as one may."""


def begin(*, customer: Customer, return_url: str) -> str:
    """Open the provider's page where the customer saves a card; answers its address.

    Asks the provider: not to be called in a transaction. Raises NowhereToSave, TooMany,
    ProviderSilent.
    """
    if len(queries.methods_of(customer)) >= rules.MOST:
        raise TooMany(str(customer.id))
    provider = queries.saving_provider(customer.brand)
    if provider is None:
        raise NowhereToSave(customer.brand)
    saving_id = ids.uuid7()
    back = return_url.replace(SAVING, str(saving_id))
    opened = provider.begin_saving(customer.brand, customer.id, back)
    Saving.objects.create(
        id=saving_id,
        brand=customer.brand,
        customer=customer,
        provider=provider.code,
        reference=opened.reference,
        started_at=clock.now(),
    )
    return opened.url


def finish(saving: Saving, actor: Actor) -> SavedMethod | None:
    """Keep what the customer saved on the provider's page; None if nothing was. Idempotent.

    What counts is what the provider says, not what the browser brought. Raises ProviderSilent.
    """
    if saving.method:
        return saving.method
    instrument = registry.get(saving.provider).saved(saving.brand, saving.reference)
    return _keep(saving.id, instrument, actor) if instrument else None


@transaction.atomic
def _keep(saving_id: UUID, instrument: Instrument, actor: Actor) -> SavedMethod:
    # Locked: the customer may come back twice at once.
    saving = Saving.objects.select_for_update().get(id=saving_id)
    Customer.objects.select_for_update(no_key=True).get(id=saving.customer_id)
    if saving.method:
        return saving.method
    first = not SavedMethod.objects.filter(customer=saving.customer_id, removed_at=None).exists()
    method = SavedMethod.objects.create(
        id=ids.uuid7(),
        brand=saving.brand,
        customer_id=saving.customer_id,
        provider=saving.provider,
        token=instrument.token,
        kind=instrument.kind,
        scheme=instrument.scheme,
        last4=instrument.last4,
        expires=instrument.expires,
        is_default=first,
        added_at=clock.now(),
    )
    saving.method = method
    saving.save(update_fields=["method"])
    _record(method, actor, "methods.added")
    return method


@transaction.atomic
def make_default(method: SavedMethod, actor: Actor) -> None:
    """Offer this method first from now on."""
    Customer.objects.select_for_update(no_key=True).get(id=method.customer_id)
    SavedMethod.objects.filter(customer=method.customer_id, is_default=True).update(
        is_default=False
    )
    SavedMethod.objects.filter(id=method.id, removed_at=None).update(is_default=True)
    _record(method, actor, "methods.made_default")


def remove(method: SavedMethod, actor: Actor) -> None:
    """Forget a method, here and then at the provider; one that does not answer keeps a token
    that nobody here uses any more."""
    _remove(method, actor)
    try:
        registry.get(method.provider).forget(method.brand, method.token)
    except (ProviderSilent, registry.UnknownProvider):
        return


@transaction.atomic
def _remove(method: SavedMethod, actor: Actor) -> None:
    Customer.objects.select_for_update(no_key=True).get(id=method.customer_id)
    done = SavedMethod.objects.filter(id=method.id, removed_at=None).update(
        removed_at=clock.now(), is_default=False
    )
    if done:
        _record(method, actor, "methods.removed")


def _record(method: SavedMethod, actor: Actor, what: str) -> None:
    audit.record(
        brand=method.brand,
        actor=actor,
        action=what,
        subject=f"method:{method.id}",
        details={"provider": method.provider, "kind": method.kind},
    )
    events.publish(
        brand=method.brand,
        kind="methods.changed",
        subject=f"method:{method.id}",
        audience=[f"customer:{method.customer_id}"],
        actor=actor,
        payload={"method": str(method.id)},
    )
