"""Does what only writes to people, each at the moment at which a worker would have."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from paydesk.money.payments import actions as payments
from paydesk.money.payments.models import Payment
from paydesk.notifications import actions as notifications


def do(jobs: Sequence[tuple[int, str, str]]) -> None:
    """Confirm the payments and deliver the messages of these jobs (id, task, arguments)."""
    paid, mails = [], []
    for _, name, arguments in jobs:
        given = json.loads(arguments)
        if name == notifications.DELIVER:
            mails += given["message_ids"]
        else:
            paid += [one for ids in given["ids"]["of_kind"].values() for one in ids.split()]
    payments.confirm([UUID(one) for one in paid], at=_booked)
    notifications.deliver([UUID(one) for one in mails], at=lambda message: message.created_at)


def _booked(payment: Payment) -> datetime:
    assert payment.booked_at  # what succeeded was booked
    return payment.booked_at
