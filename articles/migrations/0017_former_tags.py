import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('articles', '0016_editions_and_lists')]
    operations = [
        migrations.AddField(
            model_name='tag',
            name='translation_of',
            field=models.ForeignKey(blank=True, help_text='The same subject in another language: translations of stories take it over from there.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='translations', to='articles.tag', verbose_name='translation of'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('translation_of', 'language'), name='tag_one_translation_per_language'),
        ),
        migrations.CreateModel(
            name='FormerTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('ar', 'Arabic'), ('ckb', 'Sorani Kurdish'), ('ku', 'Kurmanji Kurdish'), ('tr', 'Turkish')], max_length=8)),
                ('name', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=300)),
                ('slug', models.SlugField(allow_unicode=True, max_length=100)),
                ('reindexed_to', models.BigIntegerField(default=0, null=True)),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former', to='articles.tag')),
            ],
            options={
                'verbose_name': 'former tag',
                'verbose_name_plural': 'former tags',
                'indexes': [
                    models.Index(fields=['language', 'key'], name='former_tag_key'),
                    models.Index(condition=models.Q(('reindexed_to__isnull', False)), fields=['id'], name='former_tag_to_reindex'),
                ],
                'constraints': [models.UniqueConstraint(fields=('language', 'slug'), name='former_tag_slug_unique')],
            },
        ),
    ]
