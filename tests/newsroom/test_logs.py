import logging
import sys

from newsroom.logs import MaskingFormatter, masked

TOKEN = "0123456789abcdef0123456789abcdef"


def test_tokens_in_addresses_are_masked():
    assert masked(f"Not Found: /en/receipts/{TOKEN}/withdraw/") == "Not Found: /en/receipts/…/withdraw/"
    for path in ("mail/confirm", "mail/unsubscribe", "preview"):
        assert TOKEN not in masked(f'"GET /{path}/{TOKEN}/?a=1 HTTP/1.1"')
    assert masked("/en/stories/12/comments/") == "/en/stories/12/comments/"


def test_a_traceback_is_masked_too():
    try:
        raise ValueError(f"/en/receipts/{TOKEN}")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "broke at /mail/confirm/%s", (TOKEN,), sys.exc_info())
    line = MaskingFormatter().format(record)
    assert "Traceback" in line
    assert TOKEN not in line


def test_every_handler_of_the_house_masks(settings):
    masking = [name for name, made in settings.LOGGING["formatters"].items() if "MaskingFormatter" in made["()"]]
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} <= set(masking)
