from django.db import migrations


class Migration(migrations.Migration):
    """django-q2 asks five times a second for the oldest free row of its queue and has no index for it."""

    dependencies = [
        ("work", "0001_initial"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [
        migrations.RunSQL(
            sql='CREATE INDEX IF NOT EXISTS work_queue_key_lock ON django_q_ormq ("key", "lock")',
            reverse_sql="DROP INDEX IF EXISTS work_queue_key_lock",
        ),
    ]
