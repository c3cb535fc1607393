"""A dispute's money is settled after its bank decided, perhaps later: the wallet may be frozen."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("refunds", "0004_top_up_stays")]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="settled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_at__isnull", True))
                | models.Q(("state__in", ["won", "lost"])),
                name="dispute_settled_after_end",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True), ("state__in", ["won", "lost"])),
                fields=["closed_at"],
                name="dispute_to_settle",
            ),
        ),
    ]
