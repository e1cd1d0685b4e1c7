"""The process that servers are forked off: it has read every module, compiled what answers and made the application of
each home it was asked for, and serves nothing.

`python -m tests.factories.server_forge` reads a line of JSON for each server to start, one at a time, writes its
process id, and one line more when it has ended.
"""

import json
import os
import sys
import time
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, event

from api.app import create_app
from bureau.settings import Settings
from features.store.live_kernel import warm_up
from tests.factories.desks import CROWD
from tests.factories.prepared import prepare_answers

COMMIT_SECONDS = 0.02
"""What a commit takes longer, as on a slow disk: enough for an answer that does not wait for it to be seen."""


def main() -> None:
    warm_up()
    prepare_answers(CROWD)
    event.listen(Engine, "commit", lambda _connection: time.sleep(COMMIT_SECONDS))
    apps: dict[str, FastAPI] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        home = asked["settings"]["home"]
        if home not in apps:
            apps[home] = create_app(Settings(**asked["settings"], _env_file=None))
        pid = os.fork()
        if pid == 0:
            _serve(apps[home], asked)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("ended", flush=True)


def _serve(app: FastAPI, asked: dict[str, Any]) -> None:
    """What `bureau serve` does with a home whose application is made. Never returns."""
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    try:
        uvicorn.run(app, port=asked["port"], server_header=False, access_log=False)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
