"""How entry obtains an identity: by the channel's own id, inside one brand."""

from uuid import UUID

from paydesk.desk.channels.models import Identity


class IdentityNotFound(LookupError):
    """Nobody of that id on that channel of that brand."""


def identity_of(brand: str, channel: str, external_id: str) -> Identity:
    """The identity that a channel's own id stands for. Raises IdentityNotFound."""
    found = Identity.objects.filter(brand=brand, channel=channel, external_id=external_id).first()
    if found is None:
        raise IdentityNotFound(channel)
    return found


def visitor(brand: str, identity_id: UUID) -> Identity:
    """A website visitor by the id that his own session holds. Raises IdentityNotFound."""
    found = Identity.objects.filter(brand=brand, id=identity_id).first()
    if found is None:
        raise IdentityNotFound("chat")
    return found
