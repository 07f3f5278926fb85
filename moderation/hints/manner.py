"""How a comment is written and what it points to: links, contacts, prices, capitals, letters, names, repetition."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.hints.reading import Hint, Reading
from newsroom.folding import fold

# Every repetition below is over one character class with an upper bound, so no input makes them slow.
LINK = re.compile(r"(?<![\w@.-])(?:https?://|www\.)[^\s<>\"]{3,300}", re.IGNORECASE)
BARE_LINK = re.compile(
    r"(?<![\w@./-])[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,20}){0,2}\.(?:com|net|org|info|biz|shop|online|xyz|me|io|tr|iq|ly)\b",
    re.IGNORECASE,
)
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ ()./-]{0,2}\d){8,14}(?!\d)")
HANDLE = re.compile(
    r"(?:whats ?app|telegram|viber|instagram|واتساب|واتس|تلغرام|تليجرام|واتسئاپ|تێلێگرام|تيليجرام)", re.IGNORECASE
)
PRICE = re.compile(
    r"(?:[$€£₺]\s{0,3}\d{1,9}|(?<!\d)\d{1,9}(?:[.,]\d{1,9})?\s{0,3}(?:usd|eur|dollars?|euros?|tl|lira|iqd|دينار|دولار|دۆلار|دینار|دولار|[$€£₺]))",
    re.IGNORECASE,
)
OFFERS = tuple(
    fold(each)
    for each in (
        "buy now, order now, click here, discount, free shipping, special offer, earn money, work from home, "
        "best price, limited offer, visit my, follow me, subscribe to, check out my, promo code, casino, "
        "اشتر الآن, اطلب الآن, خصم, عرض خاص, تابعوني, اشترك في قناتي, أرباح, "
        "ئێستا بیکڕە, داشکاندن, ئۆفەر, سەردانی پەیجەکەم بکەن, بەشداری کەناڵەکەم, "
        "niha bikire, daşkandin, pêşniyara taybet, kanala min, "
        "hemen al, indirim, özel fırsat, kampanya, kanalıma abone, takip edin, para kazan, sipariş"
    ).split(", ")
)
_LETTERS_TO_SHOUT = 12
_BLOCKS = (("ARABIC", "Arab"), ("LATIN", "Latn"), ("CYRILLIC", "Cyrl"), ("GREEK", "Grek"), ("HEBREW", "Hebr"))
_SCRIPT = {"en": "Latn", "tr": "Latn", "ku": "Latn", "ar": "Arab", "ckb": "Arab"}
_SORANI = frozenset("ەێۆڵڕڤ")
_ONLY_ARABIC = frozenset("ةىيكث")


def links(reading: Reading) -> Iterator[Hint]:
    for pattern in (LINK, BARE_LINK):
        for found in pattern.finditer(reading.text):
            yield Hint("link", "promotion", _("Holds a link."), *found.span())


def contacts(reading: Reading) -> Iterator[Hint]:
    for pattern, why in (
        (MAIL, _("Holds an e-mail address.")),
        (PHONE, _("Holds what looks like a telephone number.")),
        (HANDLE, _("Names a messenger or network to be reached on.")),
    ):
        for found in pattern.finditer(reading.text):
            yield Hint("contact", "promotion", why, *found.span())


def offers(reading: Reading) -> Iterator[Hint]:
    """A price beside an offer, or an offer alone. A price alone is news and says nothing."""
    found = [offer for offer in OFFERS if offer in reading.plain]
    if not found:
        return
    yield Hint("offer", "promotion", _("Reads like an offer: “%(words)s”.") % {"words": found[0]})
    for price in PRICE.finditer(reading.text):
        yield Hint("price", "promotion", _("Names a price beside an offer."), *price.span())


def shouting(reading: Reading) -> Iterator[Hint]:
    """Mostly capitals, in scripts that have them, or long rows of marks."""
    letters = [character for character in reading.text if character.isupper() or character.islower()]
    if len(letters) >= _LETTERS_TO_SHOUT and sum(map(str.isupper, letters)) > 0.7 * len(letters):
        yield Hint("shouting", "", _("Written mostly in capitals."))
    for found in re.finditer(r"[!?؟]{4,10000}", reading.text):
        yield Hint("shouting", "", _("A long row of marks."), *found.span())


def repetition(reading: Reading) -> Iterator[Hint]:
    if reading.repeats:
        why = ngettext(
            "%(count)s other comment has the same text.",
            "%(count)s other comments have the same text.",
            reading.repeats,
        )
        yield Hint("repetition", "promotion", why % {"count": reading.repeats})
    elif reading.near_repeats:
        why = ngettext(
            "%(count)s other comment has nearly the same text.",
            "%(count)s other comments have nearly the same text.",
            reading.near_repeats,
        )
        yield Hint("repetition", "promotion", why % {"count": reading.near_repeats})
    for found in LINK.finditer(reading.text):
        if count := reading.link_repeats.get(link_key(found.group())):
            why = ngettext("The same link in %(count)s other comment.", "The same link in %(count)s others.", count)
            yield Hint("repeated-link", "promotion", why % {"count": count}, *found.span())


def link_key(link: str) -> str:
    """What of ``link`` is compared: no scheme, no tracking, no closing mark."""
    return link.casefold().split("://")[-1].removeprefix("www.").split("?")[0].rstrip("/.,;:!)")[:120]


def staff_name(reading: Reading) -> Iterator[Hint]:
    """A name that could be taken for the newsroom's own."""
    if not reading.is_of_staff and reading.staff.imitated_by(reading.name):
        yield Hint("staff-name", "", _("The name reads like one of our staff."))


def unproven(reading: Reading) -> Iterator[Hint]:
    """Sent without the proof of work that the house asks for: by a program, or by a browser without script."""
    if reading.without_proof:
        yield Hint("no-proof", "", _("Sent without the proof of work: by a program, or without script."))


def other_language(reading: Reading) -> Iterator[Hint]:
    """Another script than the edition's, or Sorani letters in an Arabic edition and the reverse."""
    scripts: dict[str, int] = {}
    for character in reading.text:
        if character.isalpha() and (script := _script(character)):
            scripts[script] = scripts.get(script, 0) + 1
    letters, expected = sum(scripts.values()), _SCRIPT.get(reading.language)
    if letters < 10 or expected is None:
        return
    if scripts.get(expected, 0) < 0.5 * letters:
        yield Hint("language", "", _("Mostly in another script than this edition's."))
    elif expected == "Arab" and _other_arabic(reading):
        yield Hint("language", "", _("Seems to be in another language than this edition's."))


def _other_arabic(reading: Reading) -> bool:
    sorani = sum(character in _SORANI for character in reading.text)
    arabic = sum(character in _ONLY_ARABIC for character in reading.text)
    return sorani > 3 * (arabic + 1) if reading.language == "ar" else arabic > 3 * (sorani + 1)


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    name = unicodedata.name(character, "")
    return next((script for block, script in _BLOCKS if name.startswith(block)), "")


def unusual_characters(reading: Reading) -> Iterator[Hint]:
    """Invisible characters that text does not need, letters piled with marks, and words of two alphabets."""
    invisible = sum(character in "\u200b\u2060\ufeff\u202a\u202b\u202d\u202e\u202c" for character in reading.text)
    if invisible:
        yield Hint("characters", "", _("Holds invisible characters (%(count)s).") % {"count": invisible})
    if (piled := re.search(r"[\u0300-\u036f]{4,10000}", reading.text)) is not None:
        yield Hint("characters", "", _("Letters piled with marks."), *piled.span())
    for found in re.finditer(
        r"[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]", reading.text
    ):
        yield Hint("characters", "", _("Mixes two alphabets in one word."), *found.span())
