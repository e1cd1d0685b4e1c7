"""Setting a version beside the one in service as its shadow, and taking it away again."""

from datetime import datetime

from bureau.errors import StateConflict
from models.people import Signature, signed_by
from models.register import writing
from models.registry import SHADOW, move_alias
from models.release import SHADOW_FILE, Release, put_into_service, read_release
from models.releasing import Deeds, end_shadow, kept_hash
from models.service import load_version


def put_beside(deeds: Deeds, version: str, by: Signature, at: datetime) -> Release:
    """Let a kept version run beside the one in service; one person may, because nothing it says is shown.

    Raises `StateConflict` for the one in service: beside itself it says nothing new.
    """
    person = signed_by(deeds.home, by).name
    with writing(deeds.home, deeds.name) as register:
        sha256, release = kept_hash(deeds, version, register.acts), read_release(deeds.home, deeds.name)
        if release is not None and release.version == version:
            raise StateConflict(
                f"Version {version} of model {deeds.name!r} is in service, and nothing runs beside itself. Name "
                f"another one: bureau models history {deeds.name} lists those kept."
            )
        load_version(deeds.home, deeds.name, version, sha256)
        run_id = move_alias(deeds.mlruns, deeds.name, SHADOW, version, sha256)
        register.add("shadowed", version, sha256, person, at)
        release = Release(version, sha256, run_id, person, "", at.isoformat())
        put_into_service(deeds.home, deeds.name, release, SHADOW_FILE)
        return release


def take_away(deeds: Deeds, by: Signature, at: datetime) -> Release:
    """End the shadow; what it has said stays. Raises `StateConflict` where none runs."""
    person = signed_by(deeds.home, by)
    with writing(deeds.home, deeds.name) as register:
        present = read_release(deeds.home, deeds.name, SHADOW_FILE)
        if present is None:
            raise StateConflict(
                f"No version of model {deeds.name!r} runs as a shadow. Start one with: bureau models shadow "
                f"{deeds.name} VERSION --by PERSON"
            )
        end_shadow(deeds, register, present, person, at)
        return present
