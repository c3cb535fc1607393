"""The functions that write the ledger, partitions, immutability, and the rights of the app role."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"

_ORDER = (
    "roles", "immutable", "partitions", "accounts", "lookups", "history", "post_batch", "tables",
    "grants",
)  # fmt: skip


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [_read(name) for name in _ORDER],
            _read("drop"),
        ),
    ]
