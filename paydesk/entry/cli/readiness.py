"""What must hold before a process serves: the database's answers, turned into plain problems."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from paydesk.entry.pools import Pools
from paydesk.kit.postgres.address import APP
from paydesk.kit.postgres.problems import PostgresProblem

OLDEST = 150000


def require_room_for_pools() -> None:
    """Raises PostgresProblem `pools-too-big` where the server can't grant every connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int,"
            " current_setting('superuser_reserved_connections')::int"
        )
        allowed, reserved = cursor.fetchone()
    connection.close()
    pools = Pools(settings.POOL_SIZE)
    if not pools.fit(allowed, reserved):
        raise PostgresProblem(
            "pools-too-big",
            zh=f"所有连接池合计 {pools.total} 个连接，超过数据库的 max_connections={allowed}。"
            "请减小 PAYDESK_POOL，或调大 max_connections。",
            en=f"All pools together may open {pools.total} connections, more than the database's "
            f"max_connections={allowed}. Lower PAYDESK_POOL or raise max_connections.",
        )


def take_your_time() -> None:
    """Lift the app role's time limit for this process: a proof reads everything."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def problems() -> list[str]:
    """Everything about the database that would hurt later, each as one sentence."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, rolsuper, current_user,"
            " current_setting('idle_in_transaction_session_timeout')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        version, superuser, role, idle = cursor.fetchone()
    if version < OLDEST:
        found.append(f"PostgreSQL 15 or newer is needed, this is {version // 10000}")
    if superuser:
        found.append(f"{role} is a superuser: no refusal of the database means anything")
    if role != APP:
        found.append(f"the application should sign in as {APP}, not as {role}")
    if idle == "0":  # the embedded server's roles bring it along, another server's may not
        found.append(
            "idle_in_transaction_session_timeout is off: one forgotten transaction would hold"
            f" every event back. ALTER ROLE {role} SET idle_in_transaction_session_timeout = '30s'"
        )
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        found.append(f"{len(waiting)} migrations have not run: paydesk migrate")
    return found
