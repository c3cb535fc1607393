"""Who is asking: the only way entry learns which customer or staff member a session belongs to.

A session is good for one realm and brand. Someone signed in elsewhere is nobody here.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from paydesk.kit import clock
from paydesk.people import assurance, queries
from paydesk.people.models import Customer, Realm, Restriction, StaffMember, User

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


def require_customer(request: HttpRequest) -> Customer:
    """The signed-in customer. Raises PermissionDenied for anybody else."""
    customer = current_customer(request)
    if customer is None:
        raise PermissionDenied("signed_in")
    return customer


def require_staff(request: HttpRequest) -> StaffMember:
    """The signed-in staff member. Raises PermissionDenied for anybody else."""
    staff = current_staff(request)
    if staff is None:
        raise PermissionDenied("signed_in")
    return staff


def assurance_of(request: HttpRequest) -> assurance.Level:
    """How sure this session makes us of its customer."""
    return assurance.level(clock.now(), signed_in=current_customer(request) is not None)


def restriction_of(brand: str, restriction_id: UUID) -> Restriction | None:
    """One restriction of the brand: whoever holds its signed link may see and end it."""
    return queries.restriction(brand, restriction_id)
