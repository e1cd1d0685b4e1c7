"""What a person sees: charts drawn under the page's own policy, everything readable on a phone."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol, public_home
from tests.factories.lakes import ACME, BETA
from tests.factories.server_process import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = ViewportSize(width=390, height=844)

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
        with httpx.Client(base_url=server.base, timeout=60) as http:
            bank = enrol(settings, http, "农商银行")
            bank.report(ACME)
            bank.report(BETA, purpose="post_loan")
            bank.report(ACME, "P07")
        yield server.base


@dataclass
class Visit:
    """The usage page, signed in; complaints: what the browser said about it, and every request to another origin."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, client_id: str, client_secret: str) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self.watch(asked.url))
        self.page.goto(f"{self.base}/console/usage")
        self.page.locator("#client_id:focus").wait_for()  # a slow page that is typed into before complains
        self.page.fill("#client_id", client_id)
        self.page.fill("#client_secret", client_secret)
        self.page.click("main button")
        self.page.wait_for_selector(".chart.drawn >> nth=1")

    def watch(self, url: str) -> None:
        if not url.startswith(self.base):
            self.complaints.append(url)


@pytest.fixture(scope="module")
def manager(settings: Settings, base: str) -> Caller:
    with httpx.Client(base_url=base, timeout=60) as http:
        return enrol(settings, http, "平台", role="product_manager")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, manager: Caller, base: str) -> Iterator[Visit]:
    with browser.new_context() as nobody:  # without a cookie of the visits before
        visit = Visit(nobody.new_page(), base)
        visit.open(manager.client_id, manager.client_secret)
        yield visit


@pytest.fixture(scope="module")
def cookies(browser: Browser, manager: Caller, base: str) -> StorageState:
    """What a browser keeps of somebody who signed in."""
    with browser.new_context() as signed_in:
        Visit(signed_in.new_page(), base).open(manager.client_id, manager.client_secret)
        return signed_in.storage_state()


@pytest.fixture
def page(browser: Browser, cookies: StorageState) -> Iterator[Page]:
    """An empty page of a visitor who is signed in."""
    with browser.new_context(storage_state=cookies) as signed_in:
        yield signed_in.new_page()


def test_the_charts_are_drawn_without_a_complaint(visit: Visit) -> None:
    """Set BUREAU_SCREENSHOTS to a folder to keep the picture."""
    page = visit.page
    assert page.locator(".chart.drawn svg").count() == 2
    assert page.locator(".chart svg .mark-rect path").count() >= 2
    assert visit.complaints == []
    if folder := os.environ.get("BUREAU_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/console-usage.png", full_page=True)


def test_pointing_at_a_bar_tells_its_numbers(visit: Visit) -> None:
    page = visit.page
    page.locator(".chart svg .mark-rect path").first.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert "调用次数" in tooltip.inner_text()


@pytest.mark.parametrize("query", ["", "?lang=en&by=product&by=outcome", "?from=2001-01-01&until=2001-01-02"])
def test_a_phone_needs_no_sideways_scrolling(page: Page, base: str, query: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{base}/console/usage{query}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    hidden = page.evaluate(
        "[...document.querySelectorAll('main input, main button, dd')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"
    )
    assert hidden == []


def test_filtering_keeps_the_language(visit: Visit) -> None:
    page = visit.page
    page.click("text=English")
    page.check("text=Outcome >> nth=0")
    page.click("text=Show")
    page.wait_for_url("**lang=en**")
    assert "by=outcome" in page.url
    assert page.locator("th", has_text="Outcome").count() == 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    ["feeds/F36", "feeds/X02", "features/registered_capital", "features/peer_tax_arrears_count_24m_section_district"],
)
def test_every_text_of_a_lineage_stays_in_its_box(page: Page, base: str, path: str, language: str) -> None:
    page.goto(f"{base}/console/{path}?lang={language}")
    spilling = page.evaluate(
        "[...document.querySelectorAll('.lineage g')].map(g => [g.querySelector('text'), g.querySelector('rect')])"
        ".filter(([text, box]) => text.getBoundingClientRect().right > box.getBoundingClientRect().right)"
        ".map(([text]) => text.textContent)"
    )
    assert spilling == []
    assert page.locator(".lineage g").count() >= 3
