"""Proves that no payment was ended with money of it still held. Reads, mends nothing."""

from django.db import connection

_FORGOTTEN = """
SELECT DISTINCT p.number
FROM public.ledger_open_hold h
JOIN public.ledger_transfer t ON t.id = h.transfer_id
JOIN payments_payment p ON p.id = coalesce(t.group_id, t.id)
WHERE p.finished_at IS NOT NULL
ORDER BY p.number
"""


def forgotten_holds() -> list[str]:
    """Numbers of finished payments of which the ledger still holds something: it is nobody's.

    The ledger itself can't tell; to it an open hold is as good as any other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN)
        return [number for (number,) in cursor.fetchall()]
