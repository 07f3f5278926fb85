"""What is written to the log. A leaf: imports no app."""

import logging
import re

_SECRET_PATHS = re.compile(r"(/(?:receipts|mail/confirm|mail/unsubscribe|preview)/)[^/\s\"'?#]+")


def masked(line: str) -> str:
    """``line`` with the tokens in addresses replaced: whoever reads a log must not open a reader's receipt."""
    return _SECRET_PATHS.sub(r"\1…", line)


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
