"""How entry obtains an identity: by the channel's own id, inside one brand."""

from uuid import UUID

from paydesk.desk.channels.models import Identity


class IdentityNotFound(LookupError):
    """Nobody of that id on that channel of that brand."""


def visitor(brand: str, identity_id: UUID) -> Identity:
    """A website visitor by the id that his own session holds. Raises IdentityNotFound."""
    found = Identity.objects.filter(brand=brand, id=identity_id).first()
    if found is None:
        raise IdentityNotFound("chat")
    return found
