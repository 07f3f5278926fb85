"""What is written to the log. A leaf: imports no app."""

import logging
import re

_SECRET_PATHS = re.compile(r"(/(?:receipts|mail/confirm|mail/unsubscribe|preview)/)[^/\s\"'?#]+")


def masked(line: str) -> str:
    """``line`` with the tokens in addresses replaced: whoever reads a log must not open a reader's receipt."""
    return _SECRET_PATHS.sub(r"\1…", line)


class ThreadsAreMeant(logging.Filter):
    """Drops the web server's warning that it may start many threads: they only wait (``newsroom/pool.py``)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Configuration allows spawning" not in record.getMessage()


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
