import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from newsroom import pages
from newsroom.management.commands import work
from newsroom.models import PageChange

pytestmark = pytest.mark.django_db


def test_every_job_of_the_timetable_runs():
    assert [work.run(job) for job, _every in work.TIMETABLE] == [True] * len(work.TIMETABLE)


def test_a_job_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    ran = []
    monkeypatch.setattr(work, "TIMETABLE", (("broken", 1), ("whole", 1)))
    monkeypatch.setattr(work, "JOBS", {"broken": lambda: 1 / 0, "whole": lambda: ran.append("whole")})
    call_command("work", once=True)
    assert ran == ["whole"]
    assert "the job broken failed" in caplog.text


def test_changes_of_pages_are_forgotten_after_a_day():
    for hours in (1, 23, 25):
        change = PageChange.objects.create(key=f"story:{hours}")
        PageChange.objects.filter(pk=change.pk).update(at=timezone.now() - datetime.timedelta(hours=hours))
    assert pages.forget_old_changes() == 1
    assert list(PageChange.objects.order_by("pk").values_list("key", flat=True)) == ["story:1", "story:23"]
