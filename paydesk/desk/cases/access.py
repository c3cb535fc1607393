"""The only way entry obtains cases and what hangs on them: owner's, visitor's, brand's staff.

A case of somebody else, or of another brand, is as unknown as one that does not exist.
"""

from uuid import UUID

from django.db.models import QuerySet

from paydesk.desk.cases.models import Attachment, Case
from paydesk.desk.channels.models import Identity
from paydesk.files.models import StoredFile
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may


class CaseNotFound(LookupError):
    """No such case for whoever asks."""


def case_of(customer: Customer, number: str) -> Case:
    """The customer's own case by its public number. Raises CaseNotFound."""
    return _one(Case.objects.filter(customer=customer, brand=customer.brand), number)


def cases_of(customer: Customer) -> list[Case]:
    """The customer's cases, newest first."""
    found = Case.objects.filter(customer=customer, brand=customer.brand)
    return list(found.order_by("-opened_at"))


def case_of_visitor(identity: Identity, number: str) -> Case:
    """The case of an identity (a website visitor's, say) by number. Raises CaseNotFound."""
    return _one(Case.objects.filter(identity=identity, brand=identity.brand), number)


def cases_of_visitor(identity: Identity) -> list[Case]:
    """The identity's cases, newest first."""
    found = Case.objects.filter(identity=identity, brand=identity.brand)
    return list(found.order_by("-opened_at"))


def case_for_staff(staff: StaffMember, number: str) -> Case:
    """A case of a brand that `staff` works for. Raises CaseNotFound."""
    case = _one(Case.objects.all(), number)
    if not may(staff.pk, case.brand, Permission.CASE_VIEW):
        raise CaseNotFound(number)
    return case


def file_in(case: Case, file_id: UUID, *, internal: bool) -> StoredFile:
    """A file on an entry of a case that the caller may read; `internal` for staff only.

    Raises CaseNotFound.
    """
    found = Attachment.objects.filter(entry__case=case, file_id=file_id).select_related("file")
    if not internal:
        found = found.filter(entry__internal=False)
    attachment = found.first()
    if attachment is None:
        raise CaseNotFound(str(file_id))
    return attachment.file


def _one(cases: QuerySet[Case], number: str) -> Case:
    found = cases.filter(number=number).select_related("customer", "identity", "assignee").first()
    if found is None:
        raise CaseNotFound(number)
    return found
