"""The only way entry obtains files and differences: of brands that one may reconcile.

What is not there and what is not yours look the same.
"""

from uuid import UUID

from paydesk.money.payments.models import Payment
from paydesk.money.reconciliation.models import Difference, PayoutFile, SettlementFile
from paydesk.people import permissions
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission


class NothingThere(LookupError):
    """There is no such thing, or it is not for the asker's eyes."""


def require(staff: StaffMember, brand: str) -> None:
    """Raises PermissionDenied (recorded) unless one may reconcile the brand."""
    permissions.require(staff, brand, Permission.RECONCILIATION_MANAGE)


def difference(staff: StaffMember, difference_id: UUID) -> Difference:
    """A difference of a brand that one may reconcile. Raises NothingThere."""
    found = (
        Difference.objects.select_related("line__file", "attempt__payment", "asked_by")
        .filter(id=difference_id)
        .first()
    )
    if found is None or not _may(staff, found.brand):
        raise NothingThere(str(difference_id))
    return found


def file(staff: StaffMember, file_id: UUID) -> SettlementFile:
    """A file of a brand that one may reconcile. Raises NothingThere."""
    found = SettlementFile.objects.defer("sealed").filter(id=file_id).first()
    if found is None or not _may(staff, found.brand):
        raise NothingThere(str(file_id))
    return found


def payment(staff: StaffMember, payment_id: UUID) -> Payment:
    """A payment of a brand that one may reconcile. Raises NothingThere."""
    found = Payment.objects.filter(id=payment_id).first()
    if found is None or not _may(staff, found.brand):
        raise NothingThere(str(payment_id))
    return found


def payout_file(staff: StaffMember, file_id: UUID) -> PayoutFile:
    """A file of payouts of a brand that one may reconcile. Raises NothingThere."""
    found = PayoutFile.objects.filter(id=file_id).first()
    if found is None or not _may(staff, found.brand):
        raise NothingThere(str(file_id))
    return found


def _may(staff: StaffMember, brand: str) -> bool:
    return permissions.may(staff, brand, Permission.RECONCILIATION_MANAGE)
