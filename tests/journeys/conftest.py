"""A real Chromium for every journey."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from command_line import browser as browsers

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = browsers.find()
    if path is None:
        pytest.skip("NO CHROMIUM: the journeys of newcomers and advisers were NOT tested")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def pages(chromium: Browser) -> Iterator[Any]:
    """Makes pages in contexts of their own and fails on any error of their scripts."""
    contexts, errors = [], []

    def make(language: str, **device: Any) -> Page:
        context = chromium.new_context(viewport=PHONE, locale=language, **device)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors
