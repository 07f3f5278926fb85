import django.db.models.deletion
from django.db import migrations, models


def forget_prepared(apps, schema_editor):
    """The rows are a cache; the worker writes them anew with what is added here, and the words for search."""
    apps.get_model('moderation', 'CommentHints').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0005_photos'),
        ('comments', '0008_sender_block'),
        ('moderation', '0004_first_term_lists'),
    ]

    operations = [
        migrations.RunPython(forget_prepared, migrations.RunPython.noop),
        migrations.AddField(
            model_name='commenthints',
            name='is_resubmission',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='commenthints',
            name='language',
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AddField(
            model_name='commenthints',
            name='section',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.section'),
        ),
        migrations.AddField(
            model_name='commenthints',
            name='sender_is_known',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='commenthints',
            name='checked_at',
            field=models.DateTimeField(db_index=True),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['sender_is_known', 'submitted_at', 'comment'], name='sender_in_order'),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['is_resubmission', 'submitted_at', 'comment'], name='resubmission_in_order'),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['section', 'submitted_at', 'comment'], name='section_in_order'),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['language', 'is_hinted', 'submitted_at', 'comment'], name='hinted_by_language'),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['language', 'sender_is_known', 'submitted_at', 'comment'], name='sender_by_language'),
        ),
        migrations.AddIndex(
            model_name='commenthints',
            index=models.Index(fields=['language', 'is_resubmission', 'submitted_at', 'comment'], name='resub_by_language'),
        ),
    ]
