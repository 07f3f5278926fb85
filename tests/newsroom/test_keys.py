from datetime import date

import pytest

from newsroom.keys import commitment, daily_hash, keyed_hash

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(autouse=True)
def a_known_key(settings):
    settings.NEWSROOM_HASH_KEY = "a key for this test"


def test_a_keyed_hash_is_the_same_every_time_and_in_every_release():
    """Receipts live for years: the value is fixed here, so that a change of the construction is seen."""
    assert keyed_hash("receipt", "abc").hex() == EXPECTED
    assert len(keyed_hash("receipt")) == 32


EXPECTED = "7105a8627db0d49b60bd6290539b389948291ec1071c3e9bb5fd5aad4dc54175"


def test_purpose_parts_and_key_all_matter(settings):
    hashes = {keyed_hash("receipt", "abc"), keyed_hash("nonce", "abc"), keyed_hash("receipt", "abd")}
    settings.NEWSROOM_HASH_KEY = "another key"
    assert len(hashes | {keyed_hash("receipt", "abc")}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), (("ab",), ("ab", "")), (("", "ab"), ("ab", "")), (("a\x00b",), ("a", "b"))],
)
def test_parts_do_not_run_into_each_other(one, other):
    assert keyed_hash("nonce", *one) != keyed_hash("nonce", *other)


def test_text_is_hashed_as_its_utf_8_bytes():
    assert keyed_hash("nonce", "Şırnak") == keyed_hash("nonce", "Şırnak".encode())


def test_a_daily_hash_links_no_two_days():
    assert daily_hash("sender-network", MONDAY, "192.0.2.0/24") == daily_hash("sender-network", MONDAY, "192.0.2.0/24")
    assert daily_hash("sender-network", MONDAY, "192.0.2.0/24") != daily_hash("sender-network", TUESDAY, "192.0.2.0/24")
    assert daily_hash("sender-network", MONDAY, "192.0.2.0/24") != daily_hash("other", MONDAY, "192.0.2.0/24")


def test_a_commitment_binds_to_the_text_and_the_key():
    key = bytes(32)
    assert commitment(key, "Well reported.") == commitment(key, "Well reported.")
    others = {commitment(key, "Well reported"), commitment(b"\x01" * 32, "Well reported."), commitment(key, "")}
    assert len(others | {commitment(key, "Well reported.")}) == 4
    assert len(commitment(key, "")) == 64
