"""Who is on the customer's side of a conversation: a signed-in customer, or a visitor's session.

A visitor is anonymous: his session holds the id of an identity and proves nothing more. Whoever
asks gets his own cases only; another's is as unknown as none.
"""

from dataclasses import dataclass
from uuid import UUID

from paydesk.desk.cases import access
from paydesk.desk.cases.access import CaseNotFound
from paydesk.desk.cases.models import Case
from paydesk.desk.channels import access as channels
from paydesk.desk.channels.models import Identity
from paydesk.entry.web.requests import BrandRequest
from paydesk.kit.actors import Actor, ActorKind
from paydesk.people.access import current_customer
from paydesk.people.models import Customer

VISITOR_KEY = "visitor"
"""Where a session keeps the id of a visitor's identity; event streams read it as well."""


@dataclass(frozen=True, slots=True)
class Correspondent:
    """One side of a conversation; exactly one of `customer` and `identity` is set."""

    actor: Actor
    customer: Customer | None = None
    identity: Identity | None = None

    @property
    def visitor(self) -> bool:
        """Whether he has not signed in."""
        return self.customer is None

    def cases(self) -> list[Case]:
        """His cases, newest first."""
        if self.customer:
            return access.cases_of(self.customer)
        return access.cases_of_visitor(self.identity) if self.identity else []

    def case(self, number: str) -> Case:
        """His case by number. Raises CaseNotFound."""
        if self.customer:
            return access.case_of(self.customer, number)
        if self.identity:
            return access.case_of_visitor(self.identity, number)
        raise CaseNotFound(number)


def as_customer(customer: Customer) -> Correspondent:
    """A signed-in customer as one who writes."""
    actor = Actor(ActorKind.CUSTOMER, customer.pk, customer.brand)
    return Correspondent(actor, customer=customer)


def as_visitor(identity: Identity) -> Correspondent:
    """A visitor's identity as one who writes."""
    return Correspondent(Actor(ActorKind.VISITOR, identity.pk, identity.brand), identity=identity)


def sides(request: BrandRequest) -> list[Correspondent]:
    """As whom this browser may speak: the customer first, then the visitor it was before."""
    found = []
    if customer := current_customer(request):
        found.append(as_customer(customer))
    if identity := visitor_of(request):
        found.append(as_visitor(identity))
    return found


def visitor_of(request: BrandRequest) -> Identity | None:
    """The identity that this session holds, if it does."""
    held = request.session.get(VISITOR_KEY)
    if held is None:
        return None
    try:
        return channels.visitor(request.brand.code, UUID(held))
    except channels.IdentityNotFound:
        return None


def own_case(request: BrandRequest, number: str) -> tuple[Case, Correspondent]:
    """The case of that number and as whom this browser is in it. Raises CaseNotFound."""
    for side in sides(request):
        try:
            return side.case(number), side
        except CaseNotFound:
            continue
    raise CaseNotFound(number)
