from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0018_desk_search'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='article',
            name='article_by_schedule',
        ),
        migrations.RemoveIndex(
            model_name='article',
            name='article_by_embargo',
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('status', 'published')), fields=['status', 'publish_at'], name='article_next_by_clock'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('embargo_until__isnull', False), ('status', 'published')), fields=['status', 'embargo_until'], name='article_next_embargo'),
        ),
    ]
