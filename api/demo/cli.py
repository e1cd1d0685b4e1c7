"""`bureau demo`: the whole way once, from a source's records to an answer, its bill and the page that shows it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.access.institutions import NewClient, create_client
from api.contracts.agreeing import ListPrice
from api.database import open_ledger_database
from api.demo.bank import JSON, Bank, sign_in
from api.demo.preparing import build_city, large_enough, load_records, open_prepared_lake, subject_to_show, train_model
from api.demo.server import Server, free_port, require_free, served
from api.demo.story import tell_decision, tell_matches, tell_report, tell_usage
from bureau.clock import now, shanghai_day
from bureau.db import transaction
from bureau.errors import SourceDown
from bureau.settings import Settings
from features.sources.loading import SourceOptions
from features.sources.source import require_source
from products.product import on_sale
from products.serving import read_serving

demo = typer.Typer(add_completion=False)
BANK, OPERATOR = "示范银行", "征信平台运营"
DEMO_ENTERPRISES = 2000
PORT = 8000
OFFER = {
    "name": "小微信用贷",
    "amount_fen": {"least": 5_000_000, "most": 100_000_000, "near": 20_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 520,
    "secured": ["credit"],
    "uses": ["working_capital"],
    "min_grade": {"value": "C", "near": 1},
    "max_arrears_fen": {"value": 0, "near": 1_000_000},
}


@demo.command("demo")
def run(
    source: Annotated[str, typer.Option(help="city (synthetic) or cumcm (real invoices; needs --data).")] = "city",
    data: Annotated[Path | None, typer.Option(help="Directory of a source's files.")] = None,
    enterprises: Annotated[int | None, typer.Option(min=100, help="Size of the city.")] = None,
    serve: Annotated[bool, typer.Option(help="Go on serving on 127.0.0.1:8000 at the end.")] = True,
) -> None:
    """Load a source, train, serve, and let a bank call: one report, one decision, one match, one bill."""
    settings = Settings()
    require_source(settings.home, source)
    if serve:
        require_free(PORT)
    size = (enterprises or DEMO_ENTERPRISES) if source == "city" else enterprises
    lake = open_prepared_lake(settings)
    print(f"1 Records: source {source} into {settings.home}", flush=True)
    last_day = load_records(lake, settings.home, source, SourceOptions(data=data, enterprises=size), _say).last_day
    print("2 Features", flush=True)
    city = build_city(lake, last_day, _say)
    product, model_name = next(iter(read_serving(settings.home, source).items()))
    print(f"3 Model: {model_name}, which serves {product} here", flush=True)
    with large_enough(size, DEMO_ENTERPRISES):
        model = train_model(lake, settings, model_name, last_day, _say)
    uscc = subject_to_show(model, city)
    _go_live(settings, last_day, product, uscc, serve)


def _go_live(settings: Settings, last_day: date, product: str, uscc: str, serve: bool) -> None:
    bank_client, operator = _clients(settings)
    port = PORT if serve else free_port()
    print(f"4 Server: features as of {last_day}, port {port}", flush=True)
    with served(settings.home, last_day, port) as server:
        bank = sign_in(server.base, bank_client.client_id, bank_client.client_secret)
        _call(bank, product, uscc)
        if serve:
            _show_addresses(server.base, bank_client, operator, last_day)
            _wait(server)


def _clients(settings: Settings) -> tuple[NewClient, NewClient]:
    """A bank that may call everything on sale at list price, and the platform's product manager."""
    prices = [
        ListPrice(line.code, line.list_price.amount_fen, line.list_price.per) for line in on_sale(shanghai_day(now()))
    ]
    with transaction(open_ledger_database(settings.ledger_url)) as session:
        bank = create_client(session, BANK, "bank", prices, now())
        return bank, create_client(session, OPERATOR, "product_manager", [], now())


def _call(bank: Bank, product: str, uscc: str) -> None:
    """One of each, and the bill: it must equal what the answers said, or the demonstration fails."""
    before = _totals(bank)
    today = shanghai_day(now())
    consent = bank.consent(uscc, [product, "P31"], str(today), str(today + timedelta(days=365)))
    print("5 Reports: public records, and a score under the enterprise's consent", flush=True)
    tell_report(bank.report("P01", uscc, None), _say)
    tell_report(bank.report(product, uscc, consent), _say)
    print("6 Decision", flush=True)
    tell_decision(bank.decision(uscc, consent), _say)
    print("7 Match", flush=True)
    tell_matches(_match(bank, uscc, consent), _say)
    print("8 Usage, from the ledger", flush=True)
    usage = bank.get("/v1/usage", by="product")
    tell_usage(usage["rows"], _say)
    calls, charged = (after - earlier for after, earlier in zip(_totals(bank), before, strict=True))
    if (calls, charged) != (bank.calls, bank.charged_fen):
        raise SourceDown(
            f"The ledger counts {calls} calls and {charged} fen; the bank made {bank.calls} for {bank.charged_fen} fen."
        )
    _say(f"  equal to the {bank.calls} calls the bank made and the charges in their answers; every retry was free")


def _match(bank: Bank, uscc: str, consent: str) -> list[JSON]:
    """Offer a loan product, match a need, and record the bank's first step with the best match."""
    bank.post("/v1/loan-products", OFFER)
    matches = bank.matches(uscc, consent)
    bank.post(f"/v1/matches/{matches[0]['match_id']}/events", {"event": "contacted"})
    return matches


def _totals(bank: Bank) -> tuple[int, int]:
    rows = bank.get("/v1/usage", by="product")["rows"]
    return sum(row["calls"] for row in rows), sum(row["charged_fen"] for row in rows)


def _show_addresses(base: str, bank: NewClient, operator: NewClient, last_day: date) -> None:
    print(f"\nServing {base} (features as of {last_day}); stop with Ctrl-C.")
    print(f"  {base}/docs            the API; the bank's client:")
    print(f"                                   {bank.client_id} {bank.client_secret}")
    print(f"  {base}/console/usage   who uses what; sign in as the product manager:")
    print(f"                                   {operator.client_id} {operator.client_secret}", flush=True)


def _wait(server: Server) -> None:
    """Until Ctrl-C, or until the server ends by itself."""
    try:
        server.process.wait()
    except KeyboardInterrupt:
        print("\nStopped.")


def _say(line: str) -> None:
    print(line, flush=True)
