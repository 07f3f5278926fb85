"""`manage.py work`: what the newsroom does by itself beside the web server: mail, photo sizes, hints, forgetting."""

import io
import logging
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from articles import drafts, most_read, presence, tagging
from moderation import blocks, checkpoints, prepared, public_numbers, second_looks
from newsroom import pages, statistics_of_tables
from newsroom.sqlite import journal

logger = logging.getLogger(__name__)

HOUR = 3600
# Each job may be stopped at any moment and run again; how often it runs, in seconds.
TIMETABLE = (
    ("send_mail_queue", 5),
    ("make_renditions", 10),
    ("prepare_hints", 10),
    ("draw_second_looks", 60),
    ("reindex_tags", 10),
    ("count_public_numbers", HOUR),
    ("take_checkpoint", HOUR),  # one a day: asked hourly, so that a night's sleep costs no day
    ("purge_personal_data", HOUR),
    ("tidy_queue", HOUR),
    ("forget_blocks", HOUR),
    ("forget_page_changes", HOUR),
    ("most_read", HOUR),
    ("forget_unsaved_text", HOUR),
    ("forget_presence", HOUR),
    ("refresh_statistics", HOUR),
    ("put_journal_away", HOUR),
)
JOBS = {
    "draw_second_looks": second_looks.draw,
    "reindex_tags": tagging.finish_reindexing,
    "count_public_numbers": public_numbers.take_snapshot,
    "take_checkpoint": checkpoints.take_daily,
    "tidy_queue": prepared.tidy,
    "forget_blocks": blocks.forget,
    "forget_page_changes": pages.forget_old_changes,
    "most_read": most_read.take_snapshot,
    "forget_unsaved_text": drafts.forget,
    "forget_presence": presence.forget,
    "refresh_statistics": statistics_of_tables.refresh,
    "put_journal_away": journal.put_away,
}


class Command(BaseCommand):
    help = "Send mail, make photo sizes, prepare hints and forget what is due, until stopped."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="run every job once and end")

    def handle(self, *, once: bool, **_options) -> None:
        due = {job: 0.0 for job, _every in TIMETABLE}
        while True:
            for job, every in TIMETABLE:
                if time.monotonic() >= due[job]:
                    run(job)
                    due[job] = time.monotonic() + every
            if once:
                return
            close_old_connections()
            time.sleep(1)


def run(job: str) -> bool:
    """Run one job; whether it went well. One that fails is logged and tried again at its next time."""
    try:
        if job in JOBS:
            JOBS[job]()
        else:
            call_command(job, stdout=io.StringIO())
    except Exception:  # whatever is wrong with one job, the others go on
        logger.exception("the job %s failed", job)
        return False
    return True
