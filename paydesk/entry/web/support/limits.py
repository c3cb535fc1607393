"""How much one browser may put in: conversations, files, messages. Counts; stores nothing else.

Anybody may write to support, so without these anybody could fill the disk, or hide those who
wait behind a thousand who don't. A customer is counted by himself, a visitor by his address.
"""

from allauth.core import ratelimit

from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import customer_side
from paydesk.entry.web.requests import BrandRequest
from paydesk.entry.web.support.correspondent import Correspondent

MESSAGES_A_MINUTE = 120


def may_meet(request: BrandRequest) -> bool:
    """Whether one more visitor may be new at this address; counts him."""
    return bool(ratelimit.consume(request, action="visitor_new"))


def may_open(request: BrandRequest, side: Correspondent) -> bool:
    """Whether one more conversation may be begun now; counts it."""
    return _counted(request, side, "chat_open")


def may_upload(request: BrandRequest, side: Correspondent) -> bool:
    """Whether one more file may be sent now; counts it."""
    return _counted(request, side, "chat_upload")


def may_say(case: Case, side: Correspondent) -> bool:
    """Whether he may say more in this case now."""
    return not customer_side.said_lately(case, side.actor, MESSAGES_A_MINUTE)


def _counted(request: BrandRequest, side: Correspondent, action: str) -> bool:
    if side.visitor:
        return bool(ratelimit.consume(request, action=f"{action}_visitor"))
    return bool(ratelimit.consume(request, action=action, key=str(side.actor.id)))
