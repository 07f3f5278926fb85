"""Settings: one file, the only reader of the environment, safe by default.

Every value below that an installation may want to change comes from an environment variable or from a file ``.env``
beside ``manage.py``; ``docs/operations.md`` lists them. Nothing set means: production behaviour on one SQLite file.
"""

import contextlib
import datetime
import ipaddress
import os
import secrets
from pathlib import Path

import django.conf.locale
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from newsroom.languages import CHOICES, KURMANJI_INFO
from newsroom.sqlite import newest

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(str(BASE_DIR / ".env"))

VAR_DIR = Path(env.str("NEWSROOM_VAR_DIR", str(BASE_DIR / "var")))


def kept_secret(name: str, length: int = 50) -> str:
    """A random secret of ``length`` bytes kept in ``var/<name>``, made on first use, readable by its owner only.

    Raises OSError when the folder cannot be written; the caller's command explains that to the person.
    """
    path = VAR_DIR / name
    if path.exists():
        return path.read_text().strip()
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        draft = path.with_name(f"{name}.{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(length))
        try:
            os.link(draft, path)  # appears whole or not at all, and the first process wins
        finally:
            draft.unlink()
    return path.read_text().strip()


# Security ------------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret("secret-key")
# Keys for nonces, receipts and sender hashes derive from this one, so SECRET_KEY can change without losing receipts.
NEWSROOM_HASH_KEY = env.str("NEWSROOM_HASH_KEY", "") or SECRET_KEY
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
NEWSROOM_HTTPS = env.bool("NEWSROOM_HTTPS", False)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NEWSROOM_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "newsroom.back_office.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = NEWSROOM_HTTPS
SECURE_HSTS_SECONDS = env.int("NEWSROOM_HSTS_SECONDS", 31_536_000 if NEWSROOM_HTTPS else 0)
NEWSROOM_BEHIND_PROXY = env.bool("NEWSROOM_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NEWSROOM_BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
# With `no-referrer` browsers post `Origin: null`, and the comment form's origin check needs the truth.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Applications --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "newsroom.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "taggit",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_prose_editor",  # for its files: the editor itself is articles/editor.py
    "articles",
    "comments",
    "moderation",
    "newsroom.apps.NewsroomConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context.house",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
TAGGIT_TAGS_FROM_STRING = "articles.tags.split_tags"
TAGGIT_STRING_FROM_TAGS = "articles.tags.join_tags"

# Accounts ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "newsroom.User"
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


# Data ----------------------------------------------------------------------------------------------------------------
def database() -> dict:
    """``DATABASE_URL`` as Django's dictionary, with what each engine needs to be safe under load."""
    chosen = env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'newsroom.sqlite3'}")
    if "sqlite" in chosen["ENGINE"]:
        journal = "WAL" if newest.is_wal_safe(newest.choose()) else "PERSIST"
        pragmas = (
            f"PRAGMA journal_mode={journal};PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;PRAGMA cache_size=-16000;"
            "PRAGMA mmap_size=0;PRAGMA temp_store=MEMORY;"
        )
        # mmap_size=0: with mapped files and two processes that were killed, SQLite 3.40.1 lost commits in our runs.
        # secure_delete: what was erased leaves the file too, whatever this SQLite was built with.
        # IMMEDIATE: a deferred transaction that turns into a writer fails at once instead of waiting its turn.
        defaults = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        chosen["OPTIONS"] = defaults | chosen.get("OPTIONS", {})
        chosen["ENGINE"] = "newsroom.sqlite"
        # Tests race several connections, which a database in memory has not.
        chosen["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    else:
        chosen["CONN_HEALTH_CHECKS"] = True
    # Seconds a thread keeps its connection. To open one SQLite reads the whole schema: some 2 ms of every request that
    # asks the database. An idle one holds no lock.
    chosen["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    return chosen


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", "locmemcache://")}
# A comment is at most 10,000 characters, percent-encoded at most 120 KB; a story in the admin is far below this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# In each process of the web server; more would keep stored pages waiting for the interpreter (newsroom/pool.py).
NEWSROOM_THREADS = env.int("NEWSROOM_THREADS", 2)

# Languages and time --------------------------------------------------------------------------------------------------
django.conf.locale.LANG_INFO.update(KURMANJI_INFO)
LANGUAGE_CODE = "en"
LANGUAGES = CHOICES
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# Times are stored in UTC; this zone decides archive days and the dates people see.
TIME_ZONE = env.str("NEWSROOM_TIME_ZONE", "Asia/Baghdad")

# Files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("NEWSROOM_STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "originals": {"BACKEND": "articles.photos.Originals"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = env.str("MEDIA_URL", "/media/")
# Stored public pages, one folder for all processes of a machine. Nothing in it is worth a backup.
NEWSROOM_PAGES_DIR = Path(env.str("NEWSROOM_PAGES_DIR", str(VAR_DIR / "pages")))
# The photos as they came, with all their metadata: private, and no address serves this folder.
NEWSROOM_ORIGINALS_ROOT = Path(env.str("NEWSROOM_ORIGINALS_ROOT", str(VAR_DIR / "originals")))

# Mail ----------------------------------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "newsroom@localhost")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)


def networks(written: list[str]) -> list[str]:
    """``written`` as given, or ImproperlyConfigured for what is no network: a typing error must not trust nobody."""
    for network in written:
        try:
            network == "unix" or ipaddress.ip_network(network)
        except ValueError as error:
            raise ImproperlyConfigured(f"NEWSROOM_TRUSTED_PROXIES: {error}") from error
    return written


def hours(written: dict[str, str]) -> dict[str, str]:
    """``written`` as given ({"en": "07:00-23:00"}), or ImproperlyConfigured where it is no two times."""
    for language, span in written.items():
        try:
            opens, closes = (datetime.time.fromisoformat(hour) for hour in span.split("-"))
        except ValueError as error:
            raise ImproperlyConfigured(f"NEWSROOM_READING_HOURS: {language}={span}: {error}") from error
        if language not in dict(CHOICES) or opens == closes:
            raise ImproperlyConfigured(f"NEWSROOM_READING_HOURS: {language}={span}")
    return written


def percent(name: str, written: float) -> float:
    """``written`` as given, or ImproperlyConfigured where it is no share of a hundred."""
    if not 0 <= written <= 100:
        raise ImproperlyConfigured(f"{name}: {written} is not between 0 and 100")
    return written


# The house's own -----------------------------------------------------------------------------------------------------
# The public address, for links in mail.
NEWSROOM_ADDRESS = env.str("NEWSROOM_ADDRESS", "http://127.0.0.1:8000")
NEWSROOM_NAME = env.str("NEWSROOM_NAME", "The Maidan")
NEWSROOM_DATELINE_SEPARATOR = env.str("NEWSROOM_DATELINE_SEPARATOR", " – ")
NEWSROOM_DATE_FORMAT = env.str("NEWSROOM_DATE_FORMAT", "d-m-Y")
NEWSROOM_PAGE_SIZE = env.int("NEWSROOM_PAGE_SIZE", 20)
# In days, 0 possible: how long what is known of a comment's writer is kept after the decision, and without one.
NEWSROOM_CONTACT_DAYS = env.int("NEWSROOM_CONTACT_DAYS", 30)
NEWSROOM_CONTACT_WAITING_DAYS = env.int("NEWSROOM_CONTACT_WAITING_DAYS", 90)
# In days: how long a rejection or removal may be appealed (six months have at most 184; EU Digital Services Act,
# article 20), and how long after that, or after an appeal's outcome, a rejected or removed text is kept.
NEWSROOM_APPEAL_DAYS = env.int("NEWSROOM_APPEAL_DAYS", 184)
NEWSROOM_REJECTED_DAYS = env.int("NEWSROOM_REJECTED_DAYS", 30)
# Proxies of ours, as networks (192.0.2.0/24; "unix" for a proxy that comes through a socket): only from these is
# X-Forwarded-For believed. Behind a proxy that is not listed, all readers look like one.
NEWSROOM_TRUSTED_PROXIES = networks(env.list("NEWSROOM_TRUSTED_PROXIES", default=[]))
# How many comments may arrive within so many minutes: from one browser, from one network (/24 or /48, which may hold
# thousands of readers), on one story; and how many of one browser's and one network's may wait to be read at a time.
NEWSROOM_LIMIT_MINUTES = env.int("NEWSROOM_LIMIT_MINUTES", 10)
NEWSROOM_SENDER_COMMENTS = env.int("NEWSROOM_SENDER_COMMENTS", 10)
NEWSROOM_NETWORK_COMMENTS = env.int("NEWSROOM_NETWORK_COMMENTS", 100)
NEWSROOM_STORY_COMMENTS = env.int("NEWSROOM_STORY_COMMENTS", 300)
NEWSROOM_SENDER_REPORTS = env.int("NEWSROOM_SENDER_REPORTS", 10)
NEWSROOM_NETWORK_REPORTS = env.int("NEWSROOM_NETWORK_REPORTS", 60)
NEWSROOM_SENDER_PENDING = env.int("NEWSROOM_SENDER_PENDING", 20)
# Off: no puzzle. On: fewer comments without one wait at a time, of one browser and of one network.
NEWSROOM_PROOF_OF_WORK = env.bool("NEWSROOM_PROOF_OF_WORK", False)
NEWSROOM_UNPROVEN_PENDING = env.int("NEWSROOM_UNPROVEN_PENDING", 10)
NEWSROOM_NETWORK_PENDING = env.int("NEWSROOM_NETWORK_PENDING", 300)
# Comments close so many days after a story appears (0: never). Hours in which comments are read, by language and on the
# house's clock ("en=07:00-23:00,ckb=07:00-23:00"); outside them comments wait, or are not taken where this says so.
NEWSROOM_COMMENT_DAYS = env.int("NEWSROOM_COMMENT_DAYS", 0)
NEWSROOM_READING_HOURS = hours(env.dict("NEWSROOM_READING_HOURS", default={}))
NEWSROOM_CLOSE_OUTSIDE_HOURS = env.bool("NEWSROOM_CLOSE_OUTSIDE_HOURS", False)
# The city readers know the house's clock by, where the zone is named after another one.
NEWSROOM_TIME_ZONE_CITY = env.str("NEWSROOM_TIME_ZONE_CITY", "")
# Cards on a page of the desk: drawing them is most of its cost, and the script fetches the next ones ahead.
NEWSROOM_DESK_CARDS = env.int("NEWSROOM_DESK_CARDS", 10)
# How long a comment taken by "next" stays with its moderator, in minutes.
NEWSROOM_LEASE_MINUTES = env.int("NEWSROOM_LEASE_MINUTES", 5)
# Whether the desk blurs passages that hints point at until the moderator points at or focuses them.
NEWSROOM_BLUR_HINTS = env.bool("NEWSROOM_BLUR_HINTS", False)
# How many in a hundred decided comments go to another moderator for a second look.
NEWSROOM_SECOND_LOOK_PERCENT = percent("NEWSROOM_SECOND_LOOK_PERCENT", env.float("NEWSROOM_SECOND_LOOK_PERCENT", 5))
# Where checkpoints of the ledger are written, best a place this machine can add to and not change, and who gets them.
NEWSROOM_CHECKPOINT_DIR = Path(env.str("NEWSROOM_CHECKPOINT_DIR", str(VAR_DIR / "checkpoints")))
NEWSROOM_CHECKPOINT_MAIL = env.list("NEWSROOM_CHECKPOINT_MAIL", default=[])
# What `manage.py train_hints` learned: numbers in a file of this machine.
NEWSROOM_LEARNED_HINTS = env.str("NEWSROOM_LEARNED_HINTS", str(VAR_DIR / "learned-hints.json"))
# After so many decisions without a pause, or minutes of reading hard comments, the desk reminds of one; 0: never.
NEWSROOM_PAUSE_DECISIONS = env.int("NEWSROOM_PAUSE_DECISIONS", 150)
NEWSROOM_PAUSE_HARD_MINUTES = env.int("NEWSROOM_PAUSE_HARD_MINUTES", 20)
NEWSROOM_DEMO_PASSWORD = env.str("NEWSROOM_DEMO_PASSWORD", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "newsroom.logs.MaskingFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
