"""The only way entry and the desk obtain requests, disputes and recalls. Owner's or brand's."""

from uuid import UUID

from paydesk.files.models import StoredFile
from paydesk.money.refunds.models import Dispute, Evidence, Recall, RefundRequest
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may


class RefundNotFound(LookupError):
    """There is no such request, dispute, recall or file, or it is not for the asker's eyes."""


def request_of(customer: Customer, number: str) -> RefundRequest:
    """A customer's own request by its number. Raises RefundNotFound."""
    found = RefundRequest.objects.filter(customer=customer, brand=customer.brand)
    one = found.select_related("payment__merchant", "payment__payee").filter(number=number).first()
    if one is None:
        raise RefundNotFound(number)
    return one


def requests_of(customer: Customer) -> list[RefundRequest]:
    """The customer's requests, newest first."""
    found = RefundRequest.objects.filter(customer=customer, brand=customer.brand)
    return list(found.select_related("payment__merchant", "payment__payee").order_by("-asked_at"))


def recalls_of(customer: Customer) -> list[Recall]:
    """What the customer called back, newest first."""
    found = Recall.objects.filter(customer=customer, brand=customer.brand)
    return list(found.select_related("payment__payee").order_by("-asked_at"))


def request_in_case(brand: str, customer_id: UUID | None, request_id: UUID) -> RefundRequest:
    """For staff, from a case of that customer. Raises RefundNotFound."""
    found = RefundRequest.objects.filter(brand=brand, id=request_id)
    found = found.filter(customer_id=customer_id) if customer_id else found.none()
    one = found.select_related("payment__merchant", "payment__payee", "customer").first()
    if one is None:
        raise RefundNotFound(str(request_id))
    return one


def recall_in_case(brand: str, customer_id: UUID | None, recall_id: UUID) -> Recall:
    """For staff, from a case of that customer. Raises RefundNotFound."""
    found = Recall.objects.filter(brand=brand, id=recall_id)
    found = found.filter(customer_id=customer_id) if customer_id else found.none()
    one = found.select_related("payment__payee", "customer").first()
    if one is None:
        raise RefundNotFound(str(recall_id))
    return one


def dispute_for_staff(staff: StaffMember, number: str) -> Dispute:
    """A dispute of a brand that one answers for. Raises RefundNotFound."""
    one = Dispute.objects.select_related("payment__merchant", "payment__payee").filter(
        number=number
    ).first()  # fmt: skip
    if one is None or not may(staff, one.brand, Permission.DISPUTE_ANSWER):
        raise RefundNotFound(number)
    return one


def evidence_file(request: RefundRequest, file_id: UUID) -> StoredFile:
    """A file of a request that the caller may read. Raises RefundNotFound."""
    found = Evidence.objects.filter(request=request, file_id=file_id).select_related("file").first()
    if found is None:
        raise RefundNotFound(str(file_id))
    return found.file
