"""`bureau audit`: whether the ledger is sound, roots and proofs to hand out, and an answer given again."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from api.audit.proofs import prove, sign_root
from api.audit.verification import verify_ledger
from api.database import ledger_transaction
from api.replaying import replay_call
from api.sealing import home_vault
from api.signing import open_signer
from bureau.clock import now
from bureau.settings import Settings
from products.desk import open_desk

audit = typer.Typer(no_args_is_help=True, add_completion=False)


@audit.command()
def verify() -> None:
    """Check every call against the chain, its stored bytes and its charge; names the first wrong one."""
    settings = Settings()
    with ledger_transaction(settings.ledger_url) as session:
        found = verify_ledger(session, open_signer(settings.home, "answers"), home_vault(settings))
    if found.fault is None:
        print(f"{found.leaves:,} leaves are sound; root {found.root.hex()}")
        return
    place = "" if found.fault.number is None else f" (leaf {found.fault.number})"
    what = found.fault.what.rstrip(".")
    print(f"{found.fault.call_id}{place}: {what}. {found.leaves:,} leaves are sound.")
    raise typer.Exit(1)


@audit.command()
def root() -> None:
    """Sign the log as it is and print the root to hand out; a later log must still contain it."""
    settings = Settings()
    with ledger_transaction(settings.ledger_url) as session:
        signed = sign_root(session, open_signer(settings.home, "answers"), now())
    print(json.dumps(asdict(signed), indent=1))


@audit.command()
def proof(call_id: Annotated[str, typer.Argument(help="The report_id or call_id of an answer.")]) -> None:
    """Prove that a call is in the log: its leaf, the path to the root, the signed root."""
    settings = Settings()
    with ledger_transaction(settings.ledger_url) as session:
        proven = prove(session, open_signer(settings.home, "answers"), call_id, at=now())
    print(json.dumps(asdict(proven), indent=1))


@audit.command("replay")
def replay_answer(call_id: Annotated[str, typer.Argument(help="The report_id of an answer.")]) -> None:
    """Produce a stored answer once more from its own snapshot, day, law and model; exit code 1 where a byte differs."""
    settings = Settings()
    desk = open_desk(settings.home, settings.catalogue_url, settings.feature_day)
    with ledger_transaction(settings.ledger_url) as session:
        found = replay_call(session, home_vault(settings), desk, call_id)
    if not found.differing:
        print(f"{call_id}: the same {len(found.body):,} bytes")
        return
    print(f"{call_id}: produced again it differs in {', '.join(found.differing)}")
    raise typer.Exit(1)
