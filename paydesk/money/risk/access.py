"""Who may fetch rules, reviews and hits: staff with the permission in the brand.

What is not there and what is not theirs look the same.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied

from paydesk.money.risk.models import DryRun, Hit, Review, RuleSet
from paydesk.people import permissions
from paydesk.people import queries as people
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission


def brands_of(staff: StaffMember, permission: Permission = Permission.RISK_VIEW) -> list[str]:
    """The brands in which the staff member has the permission. Raises PermissionDenied if none."""
    brands = [b for b in people.brands_of(staff.id) if permissions.may(staff, b, permission)]
    if not brands:
        raise PermissionDenied(permission.value)
    return brands


def rule_set(staff: StaffMember, ruleset_id: UUID) -> RuleSet:
    """One rule set. Raises PermissionDenied."""
    found = RuleSet.objects.filter(id=ruleset_id, brand__in=brands_of(staff)).first()
    if found is None:
        raise PermissionDenied("ruleset")
    return found


def dry_run(staff: StaffMember, dry_run_id: UUID) -> DryRun:
    """One dry run. Raises PermissionDenied."""
    found = DryRun.objects.select_related("ruleset").filter(id=dry_run_id)
    one = found.filter(brand__in=brands_of(staff)).first()
    if one is None:
        raise PermissionDenied("dry_run")
    return one


def review(staff: StaffMember, payment_id: UUID) -> Review:
    """One payment's review. Raises PermissionDenied."""
    brands = brands_of(staff, Permission.RISK_REVIEW)
    found = Review.objects.filter(payment_id=payment_id, brand__in=brands).first()
    if found is None:
        raise PermissionDenied("review")
    return found


def hit(staff: StaffMember, hit_id: UUID) -> Hit:
    """One screening hit. Raises PermissionDenied."""
    brands = brands_of(staff, Permission.RISK_REVIEW)
    found = Hit.objects.select_related("customer").filter(id=hit_id, brand__in=brands).first()
    if found is None:
        raise PermissionDenied("hit")
    return found
