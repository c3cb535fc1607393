"""Who people are, and what proves it. Rows only: see `rules` and `actions`."""

from paydesk.people.models.accounts import (
    Customer,
    Membership,
    RateCount,
    Realm,
    Restriction,
    RestrictionKind,
    Role,
    Scope,
    SignIn,
    StaffMember,
    User,
)
from paydesk.people.models.safety import (
    CheckState,
    CodePurpose,
    Device,
    Factor,
    FactorKind,
    IdentityCheck,
    IdentityDocument,
    OneTimeCode,
)

__all__ = [
    "CheckState",
    "CodePurpose",
    "Customer",
    "Device",
    "Factor",
    "FactorKind",
    "IdentityCheck",
    "IdentityDocument",
    "Membership",
    "OneTimeCode",
    "RateCount",
    "Realm",
    "Restriction",
    "RestrictionKind",
    "Role",
    "Scope",
    "SignIn",
    "StaffMember",
    "User",
]
