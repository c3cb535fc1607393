"""Who is asking: the only way entry learns which customer or staff member a session belongs to.

A session is good for one realm and brand. Someone signed in elsewhere is nobody here.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from paydesk.kit import clock
from paydesk.people import assurance, presence, queries
from paydesk.people.actions.devices import digest_of
from paydesk.people.models import (
    Customer,
    Device,
    Factor,
    IdentityCheck,
    Realm,
    Restriction,
    StaffMember,
    User,
)
from paydesk.people.permissions import Permission, may

STEPPED_UP_KEY = "stepped_up_at"


def user_belongs(user: User, realm: str, brand: str) -> bool:
    """Whether a user may be served at the door of this realm and brand ("" for staff)."""
    return user.is_active and user.realm == realm and user.brand == brand


def current_customer(request: HttpRequest) -> Customer | None:
    """The customer signed in at this brand's door, or None."""
    brand = getattr(request, "brand", None)
    user = request.user
    if brand is None or not isinstance(user, User):
        return None
    if not user_belongs(user, Realm.CUSTOMER, brand.code):
        return None
    owner: Customer | None = Customer.objects.select_related("user").filter(user=user).first()
    return owner


def current_staff(request: HttpRequest) -> StaffMember | None:
    """The staff member signed in at the desk, or None."""
    user = request.user
    if getattr(request, "realm", None) != Realm.STAFF or not isinstance(user, User):
        return None
    if not user_belongs(user, Realm.STAFF, ""):
        return None
    return StaffMember.objects.select_related("user").filter(user=user).first()


def require_staff(request: HttpRequest) -> StaffMember:
    """The signed-in staff member. Raises PermissionDenied for anybody else."""
    staff = current_staff(request)
    if staff is None:
        raise PermissionDenied("signed_in")
    return staff


def assurance_of(request: HttpRequest) -> assurance.Level:
    """How sure this session makes us of its customer."""
    return assurance.level(
        clock.now(),
        signed_in=current_customer(request) is not None,
        stepped_up_at=stepped_up_at(request),
    )


def stepped_up_at(request: HttpRequest) -> datetime | None:
    """When a second factor was last given in this session."""
    session = getattr(request, "session", None)
    text = session.get(STEPPED_UP_KEY) if session is not None else None
    return datetime.fromisoformat(text) if text else None


def note_step_up(request: HttpRequest) -> None:
    """Remember in the session that a second factor was given just now."""
    request.session[STEPPED_UP_KEY] = clock.now().isoformat()


def device_of(request: HttpRequest) -> Device | None:
    """The device that this session's customer uses, if it is known."""
    token, user = getattr(request, "device_token", ""), request.user
    if not token or not isinstance(user, User):
        return None
    return queries.device(user.id, digest_of(token))


def presence_of(request: HttpRequest) -> presence.Presence | None:
    """What this session knows of its customer; None where nobody is signed in."""
    if not isinstance(request.user, User):
        return None
    device = device_of(request)
    return presence.Presence(device.first_seen if device else None, stepped_up_at(request))


def _uuid(text: str) -> UUID:
    """Raises PermissionDenied for what is no id at all."""
    try:
        return UUID(text)
    except ValueError as error:
        raise PermissionDenied("id") from error


def own_device(customer: Customer, device_id: str) -> Device:
    """One of the customer's devices. Raises PermissionDenied."""
    found = Device.objects.filter(id=_uuid(device_id), user_id=customer.user_id).first()
    if found is None:
        raise PermissionDenied("device")
    return found


def own_factor(customer: Customer, factor_id: str) -> Factor:
    """One of the customer's second factors. Raises PermissionDenied."""
    found = Factor.objects.filter(id=_uuid(factor_id), user_id=customer.user_id).first()
    if found is None:
        raise PermissionDenied("factor")
    return found


def identity_check_for(staff: StaffMember, check_id: UUID) -> IdentityCheck:
    """A check in a brand where the staff member may review. Raises PermissionDenied."""
    found = IdentityCheck.objects.select_related("customer__user").filter(id=check_id).first()
    if found is None or not may(staff, found.brand, Permission.IDENTITY_REVIEW):
        raise PermissionDenied("identity")
    return found


def restriction_of(brand: str, restriction_id: UUID) -> Restriction | None:
    """One restriction of the brand: whoever holds its signed link may see and end it."""
    return queries.restriction(brand, restriction_id)
