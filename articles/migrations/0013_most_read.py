import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_front_page"),
    ]

    operations = [
        migrations.CreateModel(
            name="MostRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("ar", "Arabic"),
                            ("ckb", "Sorani Kurdish"),
                            ("ku", "Kurmanji Kurdish"),
                            ("tr", "Turkish"),
                        ],
                        max_length=8,
                        unique=True,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("story_ids", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="DailyReads",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("count", models.PositiveIntegerField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="daily_reads", to="articles.article"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("article", "day"), name="reads_once_a_day")],
            },
        ),
    ]
