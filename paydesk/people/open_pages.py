"""Tells open pages that their session or their rights may have ended, so that access is checked.

Only a hint, gone if nobody listens: every stream is checked again within seconds anyway.
"""

from paydesk.kit.events import actions as events
from paydesk.people import queries
from paydesk.people.models import Realm, StaffMember, User

KIND = "session.changed"


def sessions_changed(user: User) -> None:
    """Sessions of this user may have ended: a new password, sign-out, a closed account."""
    if user.realm == Realm.CUSTOMER:
        events.signal([f"customer:{user.customer.pk}"], KIND, {}, brand=user.brand)
        return
    for brand in queries.brands_of(user.staff_member.pk):
        rights_changed(user.staff_member, brand)


def rights_changed(staff: StaffMember, brand: str) -> None:
    """What this member of staff may see of a brand has changed."""
    events.signal([f"staff:{staff.pk}"], KIND, {}, brand=brand)
