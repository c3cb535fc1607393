"""Close the reviews that stayed open although their payment was over or had gone on."""

from django.db import migrations

_CLOSE = """
UPDATE risk_review r SET state = 'ended', decided_at = now()
FROM payments_payment p
WHERE p.id = r.payment_id AND r.state = 'open'
    AND NOT (p.state = 'processing' AND p.reason IN ('fraud_screen', 'speed_rule', 'screening'))
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_one_index_each"), ("risk", "0004_reviews_end")]

    operations = [migrations.RunSQL(_CLOSE, migrations.RunSQL.noop)]
