import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The time alone is no way to find a sender's arrivals, and PostgreSQL took it for one."""

    dependencies = [
        ('comments', '0010_arrivals_and_proofs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='arrival',
            name='received_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
