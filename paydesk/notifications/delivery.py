"""What is handed to a transport, and what it may answer with. Sends nothing."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to leave, secrets included: never logged, never stored by its holder."""

    id: UUID
    brand: str
    lang: str
    to_kind: str
    to_address: str
    subject: str
    text: str
    html: str

    def __repr__(self) -> str:
        return f"Outgoing({self.id})"


class DeliveryProblem(Exception):
    """A message that could not be handed over; `permanent` means trying again is no use."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
