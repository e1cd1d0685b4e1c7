"""What a person sees: charts drawn under the page's own policy, everything readable on a phone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from bureau.settings import Settings
from tests.factories.deployments import enrol, public_home
from tests.factories.lakes import ACME, BETA
from tests.factories.server_process import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the machine (Debian: apt install chromium)"),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return public_home(Path(tmp_path_factory.mktemp("seen")))


@pytest.fixture(scope="module")
def base(settings: Settings) -> Iterator[str]:
    """A server with a few calls behind it."""
    with serving(settings) as server:
        with httpx.Client(base_url=server.base) as http:
            bank = enrol(settings, http, "农商银行")
            bank.report(ACME)
            bank.report(BETA, purpose="post_loan")
            bank.report(ACME, "P07")
        yield server.base


@pytest.fixture
def page(settings: Settings, base: str) -> Iterator[Page]:
    """The usage page, signed in; whatever the browser complains about is collected in `page.complaints`."""
    with httpx.Client(base_url=base) as http:
        manager = enrol(settings, http, "平台", role="product_manager")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda said: page.complaints.append(said.text))  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        page.on("request", lambda asked: None if asked.url.startswith(base) else page.complaints.append(asked.url))  # type: ignore[attr-defined]
        page.goto(f"{base}/console/usage")
        page.fill("#client_id", manager.client_id)
        page.fill("#client_secret", manager.client_secret)
        page.click("main button")
        page.wait_for_selector(".chart.drawn >> nth=1")
        yield page
        browser.close()


def test_the_charts_are_drawn_without_a_complaint(page: Page) -> None:
    assert page.locator(".chart.drawn svg").count() == 2
    assert page.locator(".chart svg .mark-rect path").count() >= 2
    assert page.complaints == []  # type: ignore[attr-defined]
    if folder := os.environ.get("BUREAU_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/console-usage.png", full_page=True)


def test_pointing_at_a_bar_tells_its_numbers(page: Page) -> None:
    page.locator(".chart svg .mark-rect path").first.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert "调用次数" in tooltip.inner_text()


@pytest.mark.parametrize("query", ["", "?lang=en&by=product&by=outcome", "?from=2001-01-01&until=2001-01-02"])
def test_a_phone_needs_no_sideways_scrolling(page: Page, base: str, query: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{base}/console/usage{query}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    hidden = page.evaluate(
        "[...document.querySelectorAll('main input, main button, dd')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"
    )
    assert hidden == []


def test_filtering_keeps_the_language(page: Page) -> None:
    page.click("text=English")
    page.check("text=Outcome >> nth=0")
    page.click("text=Show")
    page.wait_for_url("**lang=en**")
    assert "by=outcome" in page.url
    assert page.locator("th", has_text="Outcome").count() == 1
