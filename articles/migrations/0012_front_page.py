import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0011_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakingBanner",
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
                        verbose_name="language",
                    ),
                ),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "is_off",
                    models.BooleanField(
                        default=False,
                        help_text="Shows nothing and keeps no place; its times stay on record.",
                        verbose_name="taken off",
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="text")),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where the line leads. With a story, the line shows only while the story is public.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="banners",
                        to="articles.article",
                        verbose_name="story",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "breaking banner",
                "verbose_name_plural": "breaking banners",
                "ordering": ["-begins_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_off", False)), fields=["language", "ends_at"], name="banner_not_over"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="banner_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="banner_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrontSlot",
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
                        verbose_name="language",
                    ),
                ),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "is_off",
                    models.BooleanField(
                        default=False,
                        help_text="Shows nothing and keeps no place; its times stay on record.",
                        verbose_name="taken off",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="1 leads the page, 2 to 4 stand below it, 5 to 7 below those.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(7),
                        ],
                        verbose_name="position",
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True,
                        help_text="Only here, instead of the story's own. Left empty, the story's own is shown.",
                        max_length=250,
                        verbose_name="headline on the front page",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="front_slots",
                        to="articles.article",
                        verbose_name="story",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "front page slot",
                "verbose_name_plural": "front page slots",
                "ordering": ["-begins_at", "position", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_off", False)),
                        fields=["language", "ends_at"],
                        name="front_slot_not_over",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                        name="front_slot_ends_after_it_begins",
                    ),
                    models.CheckConstraint(condition=models.Q(("position__range", (1, 7))), name="front_slot_position"),
                ],
            },
        ),
    ]
