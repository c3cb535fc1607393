"""Everything that changes people. Each action is one transaction with its audit entry."""

from paydesk.people.actions.customers import (
    AlreadyRegistered,
    NotUsable,
    close_customer,
    prove_email,
    register_customer,
    set_identity_level,
    set_language,
)
from paydesk.people.actions.passwords import (
    change_password,
    count_wrong_password,
    record_sign_in,
)
from paydesk.people.actions.restrictions import (
    DecisionRefused,
    lift_freeze,
    lift_restriction,
    lock_for_wrong_passwords,
    place_freeze,
    place_restriction,
    unlock,
)
from paydesk.people.actions.staff import create_staff, grant_role, revoke_role

__all__ = [
    "AlreadyRegistered",
    "DecisionRefused",
    "NotUsable",
    "change_password",
    "close_customer",
    "count_wrong_password",
    "create_staff",
    "grant_role",
    "lift_freeze",
    "lift_restriction",
    "lock_for_wrong_passwords",
    "place_freeze",
    "place_restriction",
    "prove_email",
    "record_sign_in",
    "register_customer",
    "revoke_role",
    "set_identity_level",
    "set_language",
    "unlock",
]
