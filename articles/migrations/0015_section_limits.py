import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('articles', '0014_rendition_bytes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='SectionLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='articles.section')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='section_limits', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'section of a journalist',
                'verbose_name_plural': 'sections of journalists',
                'constraints': [models.UniqueConstraint(fields=('user', 'section'), name='limited_once_per_section')],
            },
        ),
    ]
