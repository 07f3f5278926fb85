from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0013_most_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="byte_count",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
