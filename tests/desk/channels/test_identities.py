"""Identities: one for an external id, linked to a customer only by proof, within one brand."""

import pytest
from django.db import IntegrityError, transaction

from paydesk.audit.models import Entry as Audit
from paydesk.desk.channels import access
from paydesk.desk.channels.actions import IdentityRefused, meet, prove
from paydesk.desk.channels.models import Identity
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_who_writes_again_is_the_same_identity() -> None:
    first = meet(brand="topay", channel="wechat", external_id="wx1", display_name="小明")
    again = meet(brand="topay", channel="wechat", external_id="wx1", display_name="大明")
    assert again.pk == first.pk
    assert meet(brand="gopay", channel="wechat", external_id="wx1").pk != first.pk
    assert Identity.objects.get(pk=first.pk).display_name == "小明"


def test_another_brand_knows_nobody() -> None:
    visitor = meet(brand="topay", channel="chat", external_id="v1")
    assert access.visitor("topay", visitor.pk).pk == visitor.pk
    with pytest.raises(access.IdentityNotFound):
        access.visitor("gopay", visitor.pk)
    with pytest.raises(access.IdentityNotFound):
        access.visitor("topay", ids.uuid7())


def test_a_proof_links_once_and_is_recorded(customer_factory: CustomerFactory) -> None:
    visitor, customer = meet(brand="topay", channel="chat", external_id="v1"), customer_factory()
    for _ in range(2):
        linked = prove(visitor, customer, actor=SYSTEM("topay"))
        assert linked.customer == customer
    assert list(Identity.objects.filter(customer=customer)) == [visitor]
    assert Audit.objects.filter(action="identity.proven").count() == 1


def test_a_proof_of_somebody_else_or_of_another_brand_is_refused(
    customer_factory: CustomerFactory,
) -> None:
    visitor = meet(brand="topay", channel="chat", external_id="v1")
    prove(visitor, customer_factory(), actor=SYSTEM("topay"))
    with pytest.raises(IdentityRefused, match="other_customer"):
        prove(visitor, customer_factory(), actor=SYSTEM("topay"))
    with pytest.raises(IdentityRefused, match="other_brand"):
        prove(visitor, customer_factory(brand="gopay"), actor=SYSTEM("topay"))


def test_the_database_takes_no_link_without_proof(customer_factory: CustomerFactory) -> None:
    customer = customer_factory()
    with pytest.raises(IntegrityError, match="identity_linked_only_by_proof"), transaction.atomic():
        Identity.objects.create(brand="topay", channel="chat", external_id="v2", customer=customer)


def test_a_card_number_for_a_name_is_not_stored() -> None:
    met = meet(brand="topay", channel="chat", external_id="x", display_name="4111111111111111")
    assert met.display_name == "⟦masked:card⟧"
