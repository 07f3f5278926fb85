from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('articles', '0015_section_limits')]
    operations = [
        migrations.AddField(
            model_name='article',
            name='original_changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='original changed'),
        ),
        migrations.AddField(
            model_name='article',
            name='translated_revision',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['section', '-modified_at', '-id'], name='article_in_section'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['language', '-modified_at', '-id'], name='article_in_language'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-first_published_at', '-id'], name='article_by_date'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['section', 'language', '-modified_at', '-id'], name='article_in_both'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['status', '-first_published_at', '-id'], name='article_state'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['section', 'status', '-first_published_at', '-id'], name='article_state_in_section'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['created_by', 'status', '-first_published_at', '-id'], name='article_state_mine'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['lead_photo', 'status', 'first_published_at'], name='article_led'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['section', 'status', '-modified_at', '-id'], name='article_desk_in_section'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['language', 'status', '-modified_at', '-id'], name='article_desk_in_language'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['created_by', 'status', '-modified_at', '-id'], name='article_desk_mine'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('original_changed_at__isnull', False)), fields=['-original_changed_at'], name='article_stale'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['article'], name='revision_waiting'),
        ),
    ]
