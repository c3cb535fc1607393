"""A top-up's request may end with the money left in the wallet."""

from django.db import migrations, models

KINDS = [
    "arrived",
    "asked",
    "evidence",
    "failed",
    "granted",
    "granted_by_rule",
    "owed",
    "refused",
    "returned",
    "route_chosen",
    "route_closed",
    "second_person",
    "second_person_no",
    "sent",
    "stays_in_wallet",
    "withdrawn",
]


class Migration(migrations.Migration):

    dependencies = [("refunds", "0003_returned_refund")]

    operations = [
        migrations.RemoveConstraint(model_name="step", name="refund_step_kind"),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="refund_step_kind"
            ),
        ),
    ]
