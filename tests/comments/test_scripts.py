import pytest

from comments.scripts import guess_language


@pytest.mark.parametrize(
    ("text", "default", "guess"),
    [
        ("The bridge was open by noon.", "en", "en"),
        ("The bridge was open by noon.", "ckb", "en"),
        ("The bridge was open by noon.", "ar", "en"),
        ("پردەکە تا نیوەڕۆ کراوە بوو.", "en", "ckb"),
        ("كان الجسر مفتوحًا حتى الظهر، وهذه شهادة السكان.", "ckb", "ar"),
        ("Pira li ser çem heta nîvro vekirî bû.", "en", "ku"),
        ("Köprü öğlene kadar açıktı.", "en", "tr"),
        ("İstanbul", "en", "tr"),
        ("Ko\u0308pru\u0308", "en", "tr"),  # marks apart from their letters
        ("Çar", "ku", "ku"),
        ("Çar", "en", "tr"),
        ("Su tas", "tr", "tr"),
        ("سلام", "ckb", "ckb"),
        ("سلام", "en", "ar"),
        ("👍 123 !!!", "ku", "ku"),
        ("Привет", "en", "en"),
        ("", "ar", "ar"),
        ("Erbil: پردەکە تا نیوەڕۆ کراوە بوو.", "en", "ckb"),
    ],
)
def test_the_language_is_guessed_by_letters(text, default, guess):
    assert guess_language(text, default) == guess


def test_real_sorani_is_recognised(material):
    lines = [line for path in (material / "text").glob("sorani-*.txt") for line in path.read_text().splitlines()]
    paragraphs = [line for line in lines if len(line) > 80]
    right = sum(guess_language(line, "en") == "ckb" for line in paragraphs)
    print(f"\nSorani: {right} of {len(paragraphs)}")
    assert right >= 0.98 * len(paragraphs) > 0


def test_real_kurmanji_is_recognised(material):
    lines = (material / "text/kurmanji-ud.conllu").read_text().splitlines()
    sentences = [line.removeprefix("# text = ") for line in lines if line.startswith("# text = ") and len(line) > 60]
    right = sum(guess_language(line, "en") == "ku" for line in sentences)
    print(f"\nKurmanji: {right} of {len(sentences)}")
    assert right >= 0.95 * len(sentences) > 0
