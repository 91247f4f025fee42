from django.db import migrations, models


class Migration(migrations.Migration):
    """Both indexes carry what counting and weighing look at, so that no row with its text is fetched for it."""

    dependencies = [("communications", "0003_counts_by_index_alone")]

    operations = [
        migrations.RemoveIndex(model_name="communication", name="communications_timeline"),
        migrations.RemoveIndex(model_name="communication", name="communications_counted"),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                fields=["organization", "investor", "-occurred_on", "-id", "state", "deleted_at"],
                name="communications_timeline",
            ),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True)),
                fields=[
                    "organization",
                    "occurred_on",
                    "kind",
                    "investor",
                    "state",
                    "deleted_at",
                    "direction",
                ],
                name="communications_counted",
            ),
        ),
    ]
