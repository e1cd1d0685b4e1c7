"""`bureau models release`, `approve`, `rollback`, `shadow` and `history`: who puts what into service, or beside it."""

from typing import Annotated

import typer

from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from models import releasing
from models.people_cli import signature_of
from models.register import Act, read_register
from models.release import SHADOW_FILE, read_release
from models.releasing import Deeds
from models.shadow import compare, read_answers
from models.shadow_release import put_beside, take_away
from models.shelf import find_model

Name = Annotated[str, typer.Argument(help="The model, e.g. sme_default.")]
Version = Annotated[str, typer.Argument(help="A version kept, e.g. 2.")]
By = Annotated[str, typer.Option(help="The person who answers for it and proves it by a secret.")]


def release(name: Name, version: Version, by: By) -> None:
    """Propose a version for service; another person approves it."""
    act = releasing.propose(_deeds(name), version, signature_of(by, Settings()), now())
    then = f"bureau models approve {name} {version} --by PERSON"
    typer.echo(f"{name} version {version} is proposed by {act.by}. Another person approves it with: {then}")


def approve(name: Name, version: Version, by: By) -> None:
    """Approve what another person proposed, and put it into service."""
    done = releasing.approve(_deeds(name), version, signature_of(by, Settings()), now())
    typer.echo(
        f"{name} version {version} is in service, proposed by {done.proposed_by}, approved by {done.approved_by}."
    )


def rollback(
    name: Name, by: By, reason: Annotated[str, typer.Option(help="Why; it goes into the register.")] = ""
) -> None:
    """Serve again the version that was served before."""
    done = releasing.roll_back(_deeds(name), signature_of(by, Settings()), now(), reason)
    typer.echo(f"{name} version {done.version} is in service again.")


def shadow(
    name: Name,
    version: Annotated[str | None, typer.Argument(help="A version kept, e.g. 2.")] = None,
    by: Annotated[str | None, typer.Option(help="The person who answers for it and proves it by a secret.")] = None,
    off: Annotated[bool, typer.Option("--off", help="End the shadow.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Run a version beside the one in service, unseen; without a version, show how the shadow compares."""
    deeds = _deeds(name)
    if off:
        ended = take_away(deeds, signature_of(by, Settings()), now())
        typer.echo(f"{name} version {ended.version} is no shadow any more; what it said is kept.")
    elif version is not None:
        put_beside(deeds, version, signature_of(by, Settings()), now())
        typer.echo(f"{name} version {version} runs as a shadow: its answers are stored and shown to nobody.")
    else:
        _show_comparison(deeds, form)


def _show_comparison(deeds: Deeds, form: Format) -> None:
    present = read_release(deeds.home, deeds.name, SHADOW_FILE)
    if present is None:
        raise InvalidInput(
            f"No shadow of {deeds.name} runs. Start one: bureau models shadow {deeds.name} VERSION --by ME"
        )
    lines = [
        {"version": present.version, **line} for line in compare(read_answers(deeds.home, deeds.name, present.version))
    ]
    print_rows(lines, tuple(lines[0]), form)


def history(name: Name, form: FormatOption = Format.TABLE) -> None:
    """Show the model's register: who did what to which version, and when."""
    acts = read_register(Settings().home, find_model(name).spec.name)
    print_rows([_line(act) for act in acts], ("number", "deed", "version", "by", "at", "reason", "sha256"), form)


def _deeds(name: str) -> Deeds:
    settings = Settings()
    return Deeds(settings.home, settings.mlruns, find_model(name).spec.name)


def _line(act: Act) -> dict[str, object]:
    return act.model_dump(mode="json", exclude={"before"})
