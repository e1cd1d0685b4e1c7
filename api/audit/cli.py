"""`bureau audit`: whether the ledger is sound, roots and proofs to hand out, and an answer given again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from api.audit.proofs import prove, prove_consistency
from api.audit.sealing import seal
from api.audit.verification import verify_ledger
from api.database import ledger_transaction, open_ledger_database
from api.metering.recount import recount
from api.replaying import replay_call
from api.signing import open_signer
from api.vault import home_vault
from bureau.clock import now
from bureau.progress import progress_of
from bureau.settings import Settings
from products.desk import Desk, open_desk
from products.samples.opening import open_sample_desk

audit = typer.Typer(no_args_is_help=True, add_completion=False)


@audit.command()
def verify(
    counts: Annotated[
        bool, typer.Option("--counts", help="Also compute every charge, count and balance anew, line by line.")
    ] = False,
) -> None:
    """Check every call against chain, stored bytes and charge, and every signed root; names the first wrong one."""
    settings = Settings()
    with ledger_transaction(settings.ledger_url) as session, progress_of("audit log") as tell:
        found = verify_ledger(session, open_signer(settings.home, "answers"), home_vault(settings), tell)
        wrong = next(recount(session), None) if counts and found.fault is None else None
    if wrong is not None:
        print(f"{wrong.what} is {wrong.stored} and computed anew {wrong.recomputed}.")
        raise typer.Exit(1)
    if found.fault is None:
        print(f"{found.leaves:,} leaves are sound; root {found.root.hex()}")
        return
    place = "" if found.fault.number is None else f" (leaf {found.fault.number})"
    what = found.fault.what.rstrip(".")
    print(f"{found.fault.named}{place}: {what}. {found.leaves:,} leaves are sound.")
    raise typer.Exit(1)


@audit.command()
def root() -> None:
    """Sign the log as it is and print the root to hand out; a later log must still contain it."""
    settings = Settings()
    with _ledger(settings) as engine:
        _print(seal(engine, open_signer(settings.home, "answers"), now()))


@audit.command()
def proof(
    call_id: Annotated[str, typer.Argument(help="The report_id or call_id of an answer.")],
    size: Annotated[int | None, typer.Option(help="Of the root to prove against; the newest without it.")] = None,
) -> None:
    """Prove that a call is in the log: its leaf, the path to the root, the signed root."""
    settings = Settings()
    with _ledger(settings) as engine:
        _print(prove(engine, open_signer(settings.home, "answers"), call_id, at=now(), size=size))


@audit.command()
def consistency(
    first: Annotated[int, typer.Argument(help="Size of the earlier root.")],
    second: Annotated[int | None, typer.Argument(help="Size of the later one; the newest without it.")] = None,
) -> None:
    """Prove that the log of one signed root begins with the log of an earlier one: nothing was taken out or changed."""
    settings = Settings()
    with _ledger(settings) as engine, engine.connect() as connection:
        suite = open_signer(settings.home, "answers").suite
        _print(prove_consistency(connection, suite, first, second))


@audit.command("replay")
def replay_answer(call_id: Annotated[str, typer.Argument(help="The report_id of an answer.")]) -> None:
    """Produce a stored answer once more from its own snapshot, day, law and model; exit code 1 where a byte differs."""
    settings = Settings()

    def desk_of(test: bool) -> Desk:
        if test:
            return open_sample_desk(settings.home)
        return open_desk(settings.home, settings.catalogue_url, settings.feature_day)

    with ledger_transaction(settings.ledger_url) as session:
        found = replay_call(session, home_vault(settings), desk_of, call_id)
    if not found.differing:
        print(f"{call_id}: the same {len(found.body):,} bytes")
        return
    print(f"{call_id}: produced again it differs in {', '.join(found.differing)}")
    raise typer.Exit(1)


@contextmanager
def _ledger(settings: Settings) -> Iterator[Engine]:
    engine = open_ledger_database(settings.ledger_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _print(found: Any) -> None:
    print(json.dumps(asdict(found), indent=1))
