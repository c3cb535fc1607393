"""What a thread does before it waits for somebody outside: it gives its connection back.

A provider that takes ten seconds to answer must not keep ten seconds of a connection that others
queue for.
"""

from django.db import connection


def let_connection_go() -> None:
    """Give this thread's database connection back to the pool; the next query takes one again.

    Inside a transaction it stays, for closing it would end the transaction.
    """
    if not connection.in_atomic_block:
        connection.close()
