"""The console: who may enter, and that its table is the ledger."""

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pyarrow.parquet as pq
import pytest
from httpx import Client, Response
from starlette.testclient import TestClient

from api.access.institutions import disable_client
from api.access.roles import ROLES
from api.app import create_app
from api.billing.months import Month
from api.console.session import first_page
from api.database import open_ledger_database
from api.pages.assets import BUNDLE
from api.pages.quantity import milliseconds, percent
from bureau.clock import shanghai_day
from bureau.db import transaction
from bureau.settings import Settings
from products.product import find_product
from tests.factories.deployments import Caller, deployment_of, enrol
from tests.factories.lakes import ACME, BETA

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EVERYTHING = ("institution", "product", "purpose", "outcome", "day")
BEGUN = datetime(2020, 1, 15, tzinfo=UTC)
"""When the contracts began of those whose statements are shown."""


@pytest.fixture(scope="module")
def bank(settings: Settings, http: TestClient) -> Caller:
    return enrol(settings, http, "农商银行", since=BEGUN)


@pytest.fixture(scope="module")
def firm(settings: Settings, http: TestClient) -> Caller:
    return enrol(settings, http, "阿克美贸易有限公司", "enterprise", uscc=ACME, since=BEGUN)


@pytest.fixture(scope="module", autouse=True)
def some_calls(bank: Caller, other_bank: Caller, firm: Caller) -> None:  # the firm before a month is closed
    bank.report(ACME)
    bank.report(BETA)
    bank.report(ACME, "P07")
    other_bank.report(ACME)


def sign_in(http: Client, caller: Caller, secret: str | None = None) -> Response:
    http.cookies.clear()
    form = {"client_id": caller.client_id, "client_secret": secret or caller.client_secret}
    return http.post("/console/login", data=form)


@pytest.fixture
def inside(http: Client, manager: Caller) -> Client:
    """A browser whose visitor is the product manager."""
    assert sign_in(http, manager).status_code == 303
    return http


@pytest.fixture
def outside(http: Client) -> Client:
    http.cookies.clear()
    return http


@pytest.mark.parametrize(
    "path", ["/console/usage", "/console/usage.csv", "/console/usage.parquet", "/console/statements"]
)
def test_without_a_session_there_is_the_form(outside: Client, path: str) -> None:
    answer = outside.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
    assert "客户端密钥" in outside.get("/console/login").text


def test_a_session_is_a_cookie_scripts_cannot_read(http: Client, manager: Caller) -> None:
    answer = sign_in(http, manager)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/console/usage"
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/console"))


def test_behind_a_proxy_that_ends_tls_the_session_goes_by_https_alone(
    settings: Settings, http: TestClient, manager: Caller
) -> None:
    """The connection from the proxy is plain; the address that callers know says how they come."""
    plain = sign_in(http, manager).headers
    assert "secure" not in attributes(plain["set-cookie"])
    assert "Strict-Transport-Security" not in plain
    proxied = settings.model_copy(update={"public_url": "https://bureau.example"})
    with TestClient(create_app(proxied, deployment_of(http)), follow_redirects=False) as behind:
        told = sign_in(behind, manager).headers
    assert "secure" in attributes(told["set-cookie"])
    assert "Strict-Transport-Security" in told


def attributes(cookie: str) -> list[str]:
    return [part.strip().lower() for part in cookie.split(";")]


def test_a_wrong_secret_is_told_on_the_form(http: Client, manager: Caller) -> None:
    answer = sign_in(http, manager, "guess")
    assert answer.status_code == 401
    assert "客户端编号或密钥不正确" in answer.text


def test_a_bank_is_sent_to_its_own_usage(http: Client, bank: Caller) -> None:
    answer = sign_in(http, bank)
    assert answer.status_code == 403
    assert "GET /v1/usage" in answer.text


SEEING = [role for role in ROLES if first_page(role) is not None]


@pytest.mark.parametrize("role", SEEING)
def test_the_console_opens_on_the_page_of_its_visitors_role(settings: Settings, http: Client, role: str) -> None:
    entered = sign_in(http, enrol(settings, http, "平台", role=role)).headers["location"]
    assert http.get("/console").headers["location"] == entered
    assert http.get(entered).status_code == 200
    assert http.get("/console?lang=en").headers["location"] == f"{entered}?lang=en"


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("product_manager", {"usage", "statements", "feeds", "features"}),
        ("pricing_officer", {"usage", "statements"}),
        ("operator", {"feeds", "features"}),
    ],
)
def test_the_menu_leads_only_where_the_role_may_go(settings: Settings, http: Client, role: str, seen: set[str]) -> None:
    first = sign_in(http, enrol(settings, http, "平台", role=role)).headers["location"]
    menu = http.get(first).text.split("</nav>")[0]
    assert set(re.findall(r'<a href="/console/(\w+)">', menu)) == seen
    for name in ("usage", "statements", "feeds", "features"):
        answer = http.get(f"/console/{name}", headers=BROWSER)
        assert answer.status_code == (200 if name in seen else 403)
        if name not in seen:
            assert "不对您的角色开放" in answer.text
            assert f"may not see /console/{name};" in unescape(answer.text)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/console/nowhere", 404, "没有此页"),
        ("/console/usage?by=nonsense", 422, "by.0"),
        ("/console/usage?stack=xx&lang=en", 422, "Something in this address cannot be read"),
    ],
)
def test_a_person_reads_a_problem_as_a_page_and_a_program_as_json(
    inside: Client, path: str, status: int, told: str
) -> None:
    page = inside.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert told in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert inside.get(path).json()["status"] == status


def test_the_console_without_a_session_leads_to_the_form(outside: Client) -> None:
    assert outside.get("/console").headers["location"] == "/console/login"


def test_the_form_names_the_roles_that_may_enter(outside: Client) -> None:
    page = outside.get("/console/login?lang=en").text
    for role in SEEING:
        assert f"{role.replace('_', ' ')}s" in page


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", id="unsigned"),
        pytest.param("eyJhbGciOiJIUzI1NiIsImNyaXQiOjV9.eyJzdWIiOiJ4In0.eHh4", id="of no shape"),
    ],
)
def test_a_forged_cookie_opens_nothing(outside: Client, cookie: str) -> None:
    outside.cookies.set("bureau_console", cookie, path="/console")
    assert outside.get("/console/usage").status_code == 303


def test_a_disabled_client_is_out_at_once(settings: Settings, http: Client) -> None:
    leaver = enrol(settings, http, "平台", role="administrator")
    assert sign_in(http, leaver).status_code == 303
    assert http.get("/console/usage").status_code == 200
    engine = open_ledger_database(settings.ledger_url)
    with transaction(engine) as session:
        disable_client(session, leaver.client_id, datetime.now(UTC))
    engine.dispose()
    assert http.get("/console/usage").status_code == 303


def test_signing_out_ends_it(inside: Client) -> None:
    assert inside.post("/console/logout").status_code == 303
    assert inside.get("/console/usage").status_code == 303


def test_the_table_is_the_ledger(inside: Client, manager: Caller) -> None:
    page = inside.get("/console/usage", params={"by": ["product", "institution"]}).text
    rows = manager.get("/v1/usage", params={"by": "product,institution"}).json()["rows"]
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    shown = [re.findall(r"<td[^>]*>([^<]*)</td>", line) for line in body.split("</tr>") if "<td" in line]
    assert shown == [
        [
            f"{row['product']} {find_product(row['product']).name}",
            row["institution"],
            f"{row['calls']:,}",
            f"{row['hits']:,}",
            percent(row["hit_rate_bp"]),
            percent(row["repeat_rate_bp"]),
            milliseconds(row["latency_p95_us"]),
            f"{row['charged_fen'] / 100:,.2f}",
        ]
        for row in rows
    ]
    (total,) = manager.get("/v1/usage", params={"by": ""}).json()["rows"]
    assert f'id="total-calls">{total["calls"]}<' in page
    assert f'id="total-charged">{total["charged_fen"] / 100:,.2f}<' in page


def test_both_signatures_of_a_statement_are_seen(inside: Client, bank: Caller) -> None:
    assert "没有已出具的对账单" in inside.get("/console/statements").text
    month = Month(shanghai_day(datetime.now(UTC)).replace(day=1)).former
    bank.get(f"/v1/statements/{month}")
    assert "尚未确认" in inside.get("/console/statements").text
    signed = bank.get(f"/v1/statements/{month}/signatures").json()
    bank.post(f"/v1/statements/{month}/signature", {"sha256": signed["sha256"]})
    page = inside.get("/console/statements", params={"month": str(month)}).text
    for told in ("农商银行", signed["sha256"], ">有效<", "已确认（未用密钥签名）", bank.client_id, "Ed25519"):
        assert told in page
    assert "农商银行" not in inside.get("/console/statements", params={"month": str(month.former)}).text
    assert "月份不正确" in inside.get("/console/statements", params={"month": "2026-13"}).text
    assert "agreed, without a key" in inside.get("/console/statements", params={"lang": "en"}).text


def test_an_enterprises_statement_stands_without_its_name(inside: Client, firm: Caller) -> None:
    month = Month(shanghai_day(datetime.now(UTC)).replace(day=1)).former.former
    assert firm.get(f"/v1/statements/{month}").is_success
    digest = firm.get(f"/v1/statements/{month}/signatures").json()["sha256"]
    page = inside.get("/console/statements", params={"month": str(month)}).text
    assert digest in page
    assert "企业（不具名）" in page
    assert "(enterprises)" not in page
    assert "阿克美" not in page


def test_the_file_is_the_ledger(inside: Client, manager: Caller) -> None:
    answer = inside.get("/console/usage.csv", params={"by": list(EVERYTHING)})
    assert "attachment" in answer.headers["content-disposition"]
    written = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    rows = manager.get("/v1/usage", params={"by": "day,product,institution,purpose,outcome"}).json()["rows"]
    assert written == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


def test_the_parquet_file_is_the_ledger(inside: Client, manager: Caller) -> None:
    answer = inside.get("/console/usage.parquet", params={"by": ["product", "version", "hour"]})
    rows = manager.get("/v1/usage", params={"by": "hour,product,version"}).json()["rows"]
    assert pq.read_table(io.BytesIO(answer.content)).to_pylist() == rows


def test_a_filter_holds_for_figures_table_charts_and_files(inside: Client, manager: Caller) -> None:
    asked = {"by": "institution", "product": "P01", "institution": "农商银行"}
    page = inside.get("/console/usage", params=asked).text
    (row,) = manager.get("/v1/usage", params=asked).json()["rows"]
    assert f'id="total-calls">{row["calls"]}<' in page
    assert '<option value="P01" selected>' in page
    assert "城市银行" not in page[page.index("<tbody>") :]
    file = inside.get("/console/usage.csv?" + unescape(re.findall(r"/console/usage.csv\?([^\"]+)", page)[0])).text
    assert len(file.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("product", "P99"), ("outcome", "nonsense"), ("purpose", "calls"), ("institution", "无此行")]
)
def test_a_filter_nothing_stands_for_stays_seen_where_it_is_set(inside: Client, name: str, value: str) -> None:
    page = inside.get("/console/usage", params={name: value})
    assert page.status_code == 200
    assert f'<option value="{value}" selected>' in page.text
    assert "所选日期内没有调用" in page.text


def test_calls_in_test_mode_are_shown_apart(inside: Client) -> None:
    assert "所选日期内没有调用" in inside.get("/console/usage", params={"test": "true"}).text


def test_the_charts_hold_the_same_numbers(inside: Client, manager: Caller) -> None:
    page = inside.get("/console/usage", params={"stack": "outcome"}).text
    (total,) = manager.get("/v1/usage", params={"by": ""}).json()["rows"]
    drawn = page[page.index('id="spec-calls_per_day"') :].split("</script>")[0]
    assert sum(map(int, re.findall(r'"calls": (\d+)', drawn))) == total["calls"]


def test_days_without_calls_say_so(inside: Client) -> None:
    page = inside.get("/console/usage", params={"from": "2001-01-01", "until": "2001-01-31"}).text
    assert "所选日期内没有调用" in page
    assert "<table" not in page


@pytest.mark.parametrize("query", [{"from": "yesterday"}, {"from": "2026-02-01", "until": "2026-01-01"}])
def test_unreadable_days_are_told_and_replaced(inside: Client, query: dict[str, str]) -> None:
    page = inside.get("/console/usage", params=query)
    assert page.status_code == 200
    assert "日期不正确" in page.text


@pytest.mark.parametrize("file", ["usage.csv", "usage.parquet"])
def test_a_file_of_unreadable_days_is_refused(inside: Client, file: str) -> None:
    answer = inside.get(f"/console/{file}", params={"from": "2026-02-01", "until": "2026-01-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "from")


def test_english_by_switch(inside: Client) -> None:
    page = inside.get("/console/usage", params={"lang": "en"}).text
    assert "Usage and charges" in page
    assert "refused" in inside.get("/console/usage", params={"lang": "en", "by": "outcome"}).text


def test_a_page_brings_its_own_files_and_no_other(inside: Client) -> None:
    page = inside.get("/console/usage")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
    assert len(loaded) == 3
    for path in loaded:
        assert inside.get(path).status_code == 200


def test_the_chart_library_is_kept_by_browsers(http: Client) -> None:
    answer = http.get(f"/assets/{BUNDLE}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    plain = http.get(f"/assets/{BUNDLE}", headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    assert len(plain.content) > 500_000
    assert http.get("/assets/unknown.js").status_code == 404


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(
    settings: Settings, http: Client, manager: Caller
) -> None:
    enrol(settings, http, "=1+1").report(ACME)
    sign_in(http, manager)
    assert "'=1+1" in http.get("/console/usage.csv", params={"by": ["institution"]}).text


def test_enterprises_are_one_unnamed_line_of_usage(inside: Client, settings: Settings, http: Client) -> None:
    """The last of this home: it adds a call to it."""
    firm = enrol(settings, http, "阿克美零件有限公司", "enterprise", uscc=ACME)
    assert firm.report(ACME, purpose="self").status_code == 201
    for language, said in (("zh", "企业（不具名）"), ("en", "Enterprises, unnamed")):
        page = inside.get("/console/usage", params={"by": "institution", "lang": language}).text
        assert f'<option value="(enterprises)">{said}</option>' in page
        assert f"<td>{said}</td>" in page
        assert "阿克美" not in page
