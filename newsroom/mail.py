"""Everything the house mails goes through here: the only sender of mail. A leaf: imports no app.

``queue()`` writes a MailJob in the transaction of the fact to be told; ``send_due()``, run by a worker or
``manage.py send_mail_queue``, asks the template's letter writer for address and words and sends. A job is sent at
least once: killed between sending and noting it, the same mail goes out again under the same Message-ID.
"""

import datetime
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from newsroom import languages
from newsroom.models import MailJob

MAX_ATTEMPTS = 8
BATCH = 200


@dataclass(frozen=True)
class Letter:
    """Whom a job's mail goes to and what its template needs. ``unsubscribe`` is a path that takes RFC 8058's POST."""

    to: str
    context: dict = field(default_factory=dict)
    unsubscribe: str = ""


_writers: dict[str, Callable[[MailJob], Letter | None]] = {}


def letter(template: str) -> Callable:
    """Register the function that writes ``template``'s letter for a job, or gives None when nobody is to get it."""

    def register(write: Callable[[MailJob], Letter | None]):
        _writers[template] = write
        return write

    return register


def queue(template: str, *, about: str, language: str, fact: str = "", not_before=None) -> None:
    """Have ``template`` mailed once for ``fact``, from ``not_before`` (aware; default now) on."""
    job = MailJob(template=template, about=about, fact=fact, language=language, not_before=not_before or timezone.now())
    MailJob.objects.bulk_create([job], ignore_conflicts=True)


def forget(*, about: str) -> None:
    """Drop every job about ``about``, sent or not."""
    MailJob.objects.filter(about=about).delete()


def absolute(path: str) -> str:
    """``path`` with the public address of this newsroom before it."""
    return settings.NEWSROOM_ADDRESS.rstrip("/") + path


def send(template: str, to: str, context: dict, *, language: str, unsubscribe: str = "", message_id: str = "") -> None:
    """Mail ``templates/email/<template>.txt``, whose first line is the subject, and its ``.html`` to ``to``.

    ``language`` is one of ``en ar ckb ku tr``; ``unsubscribe`` a path. Raises SMTPException or OSError when the mail
    server does not take it.
    """
    with override(language):
        shown = {
            "house_name": settings.NEWSROOM_NAME,
            "language": languages.BY_CODE[language],
            "unsubscribe": unsubscribe and absolute(unsubscribe),
            **context,
        }
        subject, _blank, text = render_to_string(f"email/{template}.txt", shown).strip().partition("\n")
        html = render_to_string(f"email/{template}.html", {**shown, "subject": subject})
    mail = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[to], headers=_headers(shown, message_id))
    mail.attach_alternative(html, "text/html")
    mail.send()


def server(*, timeout: float) -> BaseEmailBackend:
    """The mail server as configured, for ``doctor`` to call; ``timeout`` in seconds."""
    return get_connection(timeout=timeout)


def _headers(shown: dict, message_id: str) -> dict[str, str]:
    """RFC 8058 for one-click unsubscribing; RFC 3834, so that no machine answers."""
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": shown["language"].html_lang}
    if message_id:
        headers["Message-ID"] = message_id
    if shown["unsubscribe"]:
        headers["List-Unsubscribe"] = f"<{shown['unsubscribe']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def send_due(now: datetime.datetime | None = None) -> int:
    """Send what is due and return how many mails went out. Any number of workers may run at once."""
    now = now or timezone.now()
    due = MailJob.objects.filter(done_at__isnull=True, not_before__lte=now, attempts__lt=MAX_ATTEMPTS)
    sent = 0
    for job in due.order_by("not_before", "pk")[:BATCH]:
        if _claim(job, now):
            sent += _try(job)
    return sent


def _claim(job: MailJob, now: datetime.datetime) -> bool:
    """Take the job for as long as a retry waits; of workers who race for it one gets it."""
    later = now + datetime.timedelta(minutes=2 ** (job.attempts + 1))
    mine = MailJob.objects.filter(pk=job.pk, done_at__isnull=True, attempts=job.attempts)
    return bool(mine.update(attempts=F("attempts") + 1, not_before=later))


def _try(job: MailJob) -> int:
    written = _writers[job.template](job)
    if written is not None:
        message_id = f"<job-{job.pk}@{urlsplit(settings.NEWSROOM_ADDRESS).hostname}>"
        try:
            send(
                job.template,
                written.to,
                written.context,
                language=job.language,
                unsubscribe=written.unsubscribe,
                message_id=message_id,
            )
        except (smtplib.SMTPException, OSError):
            return 0  # the claim has put the next attempt off already
    MailJob.objects.filter(pk=job.pk).update(done_at=timezone.now(), was_sent=written is not None)
    return int(written is not None)
