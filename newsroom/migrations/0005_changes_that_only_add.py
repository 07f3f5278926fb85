"""Whether a change of pages only adds to them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_mail_jobs")]

    operations = [
        migrations.AddField("pagechange", "only_adds", models.BooleanField(default=False)),
    ]
