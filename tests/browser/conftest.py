"""A real browser for the journeys: Debian's chromium, driven by Playwright."""

import os

import pytest
from playwright.sync_api import sync_playwright

# Playwright runs an event loop in this thread; the live server's database calls in it are not asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture
def browser(chromium):
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, live_server):
    """``open_page(javascript=…, width=…)``: a page of a browser nobody else shares, at the site's own address."""
    contexts = []

    def opened(*, javascript: bool = True, width: int = 1280, **options):
        context = browser.new_context(
            java_script_enabled=javascript,
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
