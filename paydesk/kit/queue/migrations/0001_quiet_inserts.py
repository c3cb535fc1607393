"""Drop the notification on every deferred job: transactions with NOTIFY commit one by one."""

from typing import ClassVar

from django.db import migrations

DROP = "DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs"
MAKE = """
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN (new.status = 'todo'::procrastinate_job_status)
    EXECUTE PROCEDURE procrastinate_notify_queue_job_inserted_v1()
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("procrastinate", "0041_post_retry_failed_job")]
    operations: ClassVar = [migrations.RunSQL(DROP, MAKE)]
