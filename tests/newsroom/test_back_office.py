"""A form of the back office that arrives after its writer's session ended comes back with every word."""

import re

import pytest
from django.test import Client

from articles.models import Article
from tests.articles.test_admin import ADD, form

pytestmark = pytest.mark.django_db
OWN = {"Sec-Fetch-Site": "same-origin"}


def hidden(response) -> dict[str, str]:
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', response.text, re.DOTALL)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.text)[1]
    return {**dict(found), "csrfmiddlewaretoken": token}


def test_a_form_sent_after_the_session_ended_is_sent_again_after_signing_in(reporter):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reporter)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(ADD).text)[1]
    browser.cookies.pop("sessionid")
    posted = form(headline="Long in the making") | {"csrfmiddlewaretoken": token}
    back = browser.post(ADD, posted, headers=OWN)
    assert (back.status_code, hidden(back)["headline"]) == (401, "Long in the making")
    assert "You were signed out. Nothing is lost." in back.text

    browser.force_login(reporter)
    browser.cookies["csrftoken"] = "x" * 32  # signing in changes it
    again = browser.post(ADD, hidden(back), headers=OWN)
    assert (again.status_code, hidden(again)["headline"]) == (403, "Long in the making")
    assert browser.post(ADD, hidden(again), headers=OWN).status_code == 302
    assert Article.objects.get().headline == "Long in the making"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sends_is_never_shown_as_ones_own(headers, reader, reporter):
    assert reader.post(ADD, form(), headers=headers)["Location"].startswith("/admin/login/")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reporter)
    refused = browser.post(ADD, form(headline="Planted"), headers=headers)
    assert (refused.status_code, "Planted" in refused.text) == (403, False)


def test_what_comes_back_is_inert(reader):
    hostile = '</textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>' * 3
    back = reader.post(ADD, form(body=hostile) | {hostile: "x"}, headers={"Origin": "http://testserver"})
    assert back.status_code == 401
    assert "<script>alert" not in back.text and "<img src=x" not in back.text


def test_somebody_without_the_right_gets_no_form_back(as_, stranger):
    response = as_(stranger).post(ADD, form(headline="Mine"), headers=OWN)
    assert response["Location"].startswith("/admin/login/")


def test_a_password_never_comes_back(reader):
    posted = {"old_password": "secret-one", "new_password1": "secret-two", "new_password2": "secret-two"}
    assert reader.post("/admin/password_change/", posted, headers=OWN)["Location"].startswith("/admin/login/")
