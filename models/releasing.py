"""Putting a version into service and taking it back: proposed by one person, approved by another, bound to its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from bureau.errors import ReleaseRefused, SecondPersonNeeded, StateConflict, UnknownName
from models.artefact import read_stored
from models.gates import Gate, artefact_gates, refusal_of
from models.people import Person, Signature, signed_by
from models.register import Act, Answer, Writer, moves, same_person, served, writing
from models.registry import CHALLENGER, CHAMPION, SHADOW, drop_alias, move_alias
from models.release import SHADOW_FILE, Release, model_folder, put_into_service, read_release, versions
from models.scoring import ScoringModel
from models.service import load_version


@dataclass(frozen=True)
class Deeds:
    """Where a model's versions and their book are."""

    home: Path
    mlruns: Path
    name: str


def note_audit(deeds: Deeds, version: str, by: Signature, at: datetime, answers: Mapping[str, Answer]) -> Act:
    """Write down what an auditor found in a version, not released while an unfair answer stands (`_standing`).

    answers: to every question of the audit (`fairness.check.questions`).
    Raises `DamagedModel` where the files are not those that were kept: what was audited is another model.
    """
    person = signed_by(deeds.home, by)
    with writing(deeds.home, deeds.name) as register:
        sha256 = kept_hash(deeds, version, register.acts)
        load_version(deeds.home, deeds.name, version, sha256)
        found = [text for answer in answers.values() for text in answer.unfair]
        reason = f"unfair: {'; '.join(found)}" if found else f"fair: {', '.join(answers)}"
        return register.add("audited", version, sha256, person.name, at, reason, answers)


def propose(deeds: Deeds, version: str, by: Signature, at: datetime) -> Act:
    """One person asks for a version to be served. Raises `ReleaseRefused` where a gate is shut."""
    person = signed_by(deeds.home, by)
    with writing(deeds.home, deeds.name) as register:
        sha256 = kept_hash(deeds, version, register.acts)
        if any(act.version == version for act in served(register.acts)[-1:]):
            raise StateConflict(_already(deeds, version, register.acts))
        _require_open(deeds, version, sha256, register.acts)
        return register.add("proposed", version, sha256, person.name, at, _said_of(person))


def approve(deeds: Deeds, version: str, by: Signature, at: datetime) -> Release:
    """Another person agrees, and the version is served: the very files that were proposed, or none.

    Who trained it cannot be the one who approves. Of an approval that was killed midway the rest is done, unless an
    audit has found the version unfair since; one of another version is taken back first. Raises `StateConflict` without
    a proposal, `SecondPersonNeeded`, `ReleaseRefused` and `DamagedModel`.
    """
    person = signed_by(deeds.home, by)
    with writing(deeds.home, deeds.name) as register:
        unfinished = _unfinished(deeds, register.acts)
        if unfinished is not None and unfinished.version == version:
            _require_fair(deeds, version, register.acts)
            return _serve(deeds, register, unfinished, person, at)
        proposal = _open_proposal(deeds, version, register.acts)
        trainer = kept_act(deeds, version, register.acts).by
        for did, other in (("proposed", proposal.by), ("trained", trainer)):
            if other and same_person(other, person.name):
                what, another = f"Version {version} of model {deeds.name!r}", f"{deeds.name} {version} --by PERSON"
                raise SecondPersonNeeded(what, other, f"bureau models approve {another}", did)
        _require_open(deeds, version, proposal.sha256, register.acts)
        if unfinished is not None:
            _take_back(register, unfinished, person, at)
        reason = "; ".join(filter(None, (f"proposed by {proposal.by}", _said_of(person))))
        approval = register.add("approved", version, proposal.sha256, person.name, at, reason)
        return _serve(deeds, register, approval, person, at)


def roll_back(deeds: Deeds, by: Signature, at: datetime, reason: str = "") -> Release:
    """Serve again what was served before; one person may, because two had agreed to it once.

    Of a return that was killed midway the rest is done, and no second one. An approval that was killed midway is taken
    back: whoever asks for a return never gets a newer version than the one that serves. Raises `StateConflict` where
    nothing was served before, and `ReleaseRefused` where an audit has found that version unfair since, also of a return
    that was killed: what is served then is for two people to choose.
    """
    person = signed_by(deeds.home, by)
    with writing(deeds.home, deeds.name) as register:
        unfinished = _unfinished(deeds, register.acts)
        if unfinished is not None and moves(register.acts)[-1].deed == "rolled_back":
            _require_fair(deeds, unfinished.version, register.acts)
            return _serve(deeds, register, unfinished, person, at)
        approvals = served(register.acts)
        if len(approvals) < 2:
            raise StateConflict(
                f"Model {deeds.name!r} has no earlier release to go back to. Release another version with: "
                f"bureau models release {deeds.name} VERSION --by PERSON"
            )
        approval = approvals[-2]
        if not _serves(deeds, approval):  # else an approval that was killed is taken back
            _require_fair(deeds, approval.version, register.acts)
        load_version(deeds.home, deeds.name, approval.version, approval.sha256)
        register.add("rolled_back", approval.version, approval.sha256, person.name, at, reason)
        return _serve(deeds, register, approval, person, at)


def release_by_two(deeds: Deeds, version: str, proposer: Signature, approver: Signature, at: datetime) -> Release:
    """Both steps at once, for a demonstration that plays both persons."""
    propose(deeds, version, proposer, at)
    return approve(deeds, version, approver, at)


def gates_now(model: ScoringModel, home: Path) -> tuple[Gate, ...]:
    """What was found on the day of training, and what the files say today."""
    stored = read_stored(model_folder(home, model.name, model.version), model.name)
    found = stored.facts.get("gates")
    if found is None:
        return (Gate("gates", False, "it was kept before releases had gates."),)
    rows = np.vstack([model.columns.row(row.values) for row in stored.golden])
    return (*(Gate(**gate) for gate in found), *artefact_gates(model, rows))


def kept_hash(deeds: Deeds, version: str, acts: Sequence[Act]) -> str:
    """The hash a version was kept with; raises `UnknownName` for one that never was."""
    return kept_act(deeds, version, acts).sha256


def kept_act(deeds: Deeds, version: str, acts: Sequence[Act]) -> Act:
    """The line by which a version was kept; raises `UnknownName` for one that never was."""
    kept = [act for act in acts if act.deed == "kept" and act.version == version]
    present = versions(deeds.home, deeds.name)
    if not kept or version not in present:
        known = sorted({act.version for act in acts if act.deed == "kept"} & {*present})
        raise UnknownName(f"version of {deeds.name}", version, known, see=f"bureau models history {deeds.name}")
    return kept[-1]


def _said_of(person: Person) -> str:
    """What the register adds to a person's act."""
    return "played by a demonstration" if person.demonstration else ""


def _already(deeds: Deeds, version: str, acts: Sequence[Act]) -> str:
    """Why a version is not proposed that is served by the register, and what finishes a move to it that was killed."""
    if _unfinished(deeds, acts) is None:
        return f"Version {version} of model {deeds.name!r} is in service already."
    if moves(acts)[-1].deed == "approved":
        what, then = "approval of", f"approve {deeds.name} {version}"
    else:
        what, then = "return to", f"rollback {deeds.name}"
    told = f"The {what} version {version} of model {deeds.name!r} was not finished."
    return f"{told} Finish it with: bureau models {then} --by PERSON"


def _require_open(deeds: Deeds, version: str, sha256: str, acts: Sequence[Act]) -> None:
    _require_fair(deeds, version, acts)
    model = load_version(deeds.home, deeds.name, version, sha256)
    refusal = refusal_of((*gates_now(model, deeds.home), *_held_against_another(deeds, version)))
    if refusal is not None:
        raise ReleaseRefused(deeds.name, version, refusal)


def _require_fair(deeds: Deeds, version: str, acts: Sequence[Act]) -> None:
    """Raise `ReleaseRefused` where an unfair answer stands of the version, or of one it was recalibrated from."""
    descent = _descent(deeds, version, acts)
    standing = _standing([act for act in acts if act.deed == "audited" and act.version in descent])
    if standing is not None:
        own = standing.version == version
        whose = "its audit" if own else f"it is version {standing.version} calibrated anew, whose audit"
        raise ReleaseRefused(deeds.name, version, f"{whose} by {standing.by} found it {standing.reason}.")


def _descent(deeds: Deeds, version: str, acts: Sequence[Act]) -> list[str]:
    """A version and those it was recalibrated from, the newest first: one predictor answers in all of them."""
    found: list[str] = []
    before: str | None = version
    while before is not None:
        found.append(before)
        folder, sha256 = model_folder(deeds.home, deeds.name, before), kept_hash(deeds, before, acts)
        before = read_stored(folder, deeds.name, sha256=sha256).facts.get("recalibrated", {}).get("version")
    return found


def _standing(audits: Sequence[Act]) -> Act | None:
    """The newest audit that answered a question with unfair and stands; None where none does.

    It stands until an audit of the same version, or of one recalibrated from it, answers the same question with fair
    and compared at least the same groups: one that knows nobody of the group which was refused answers for the others
    alone, and one of the line of before says nothing of the new line.
    """
    standing: list[tuple[str, Act]] = []
    for act in audits:
        standing = [(question, one) for question, one in standing if not _lifts(act, question, one)]
        standing += [(question, act) for question, answer in act.answers.items() if answer.unfair]
    return max((act for _, act in standing), key=lambda act: act.number, default=None)


def _lifts(act: Act, question: str, standing: Act) -> bool:
    answer = act.answers.get(question)
    if answer is None or answer.unfair or int(act.version) < int(standing.version):
        return False
    return {*standing.answers[question].groups} <= {*answer.groups}


def _held_against_another(deeds: Deeds, version: str) -> list[Gate]:
    """A shut gate where the version was not held against what is served now: the comparison is of training's day."""
    release = read_release(deeds.home, deeds.name)
    if release is None or release.version == version:
        return []
    facts = read_stored(model_folder(deeds.home, deeds.name, version), deeds.name).facts
    held = facts.get("held_against", {}).get("version")
    if held == release.version:
        return []
    told = f"it was held against version {held}" if held else "it was held against no other version"
    return [Gate("performance", False, f"{told}, and version {release.version} is served now: train it anew.")]


def _open_proposal(deeds: Deeds, version: str, acts: Sequence[Act]) -> Act:
    """The newest proposal of a version that nobody has approved yet."""
    last = next(
        (act for act in reversed(acts) if act.version == version and act.deed in ("proposed", "approved")), None
    )
    if last is None or last.deed == "approved":
        raise StateConflict(
            f"Nobody proposes version {version} of model {deeds.name!r}. One person proposes it with: bureau models "
            f"release {deeds.name} {version} --by PERSON; another approves it then."
        )
    return last


def _serve(deeds: Deeds, register: Writer, approval: Act, by: Person, at: datetime) -> Release:
    """What the register says is served, served: first its alias, last the note that readers go by.

    Where it ran as the shadow that ends: nothing runs beside itself.
    """
    run_id = move_alias(deeds.mlruns, deeds.name, CHAMPION, approval.version, approval.sha256)
    drop_alias(deeds.mlruns, deeds.name, CHALLENGER, approval.version)
    proposer = _proposal_before(register.acts, approval).by
    release = Release(approval.version, approval.sha256, run_id, proposer, approval.by, approval.at.isoformat())
    beside = read_release(deeds.home, deeds.name, SHADOW_FILE)
    if beside is not None and beside.version == release.version:
        end_shadow(deeds, register, beside, by, at)
    put_into_service(deeds.home, deeds.name, release)
    return release


def end_shadow(deeds: Deeds, register: Writer, present: Release, by: Person, at: datetime) -> None:
    """Take the shadow away; what it has said stays."""
    drop_alias(deeds.mlruns, deeds.name, SHADOW)
    register.add("unshadowed", present.version, present.sha256, by.name, at)
    (model_folder(deeds.home, deeds.name) / SHADOW_FILE).unlink()


def _unfinished(deeds: Deeds, acts: Sequence[Act]) -> Act | None:
    """The approval that should be served and is not: what followed its line in the register was killed."""
    approvals = served(acts)
    return None if not approvals or _serves(deeds, approvals[-1]) else approvals[-1]


def _serves(deeds: Deeds, approval: Act) -> bool:
    """Whether readers get the approved version."""
    release = read_release(deeds.home, deeds.name)
    return release is not None and release.version == approval.version


def _take_back(register: Writer, unfinished: Act, by: Person, at: datetime) -> None:
    """Write down that an approval which was killed midway served nobody: no return may lead to its version.

    Of a return that was killed nothing is written: what it was to lead to has served. Where nothing served before, the
    line names no version.
    """
    if moves(register.acts)[-1].deed == "approved":
        before = served(register.acts)[-2:-1]
        version, sha256 = (before[0].version, before[0].sha256) if before else ("", "")
        reason = f"the approval of version {unfinished.version} was not finished"
        register.add("rolled_back", version, sha256, by.name, at, reason)


def _proposal_before(acts: Sequence[Act], approval: Act) -> Act:
    earlier = acts[: approval.number]
    return next(act for act in reversed(earlier) if act.deed == "proposed" and act.version == approval.version)
