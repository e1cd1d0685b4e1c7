"""A process to kill: submits the keys it reads, 64 at a time, and writes a line for every answer it got.

Run as `python -m tests.factories.ledger_process URL HOME BANK_AS_JSON`.
"""

import asyncio
import json
import os
import sys
from hashlib import sha256
from pathlib import Path

from api.metering.ledger import Ledger
from api.signing import open_signer
from api.tenancy import EVERYONE, seen_by
from api.vault import open_vault
from bureau.db import open_engine
from tests.factories.ledger import SECRET, Bank, Clock, draft

AT_ONCE = 64


async def submit_all(ledger: Ledger, bank: Bank, keys: list[str]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def submit(key: str) -> None:
        async with places:
            receipt = await ledger.submit(draft(bank, key))
        os.write(1, f"{key} {receipt.call_id} {sha256(receipt.body).hexdigest()}\n".encode())

    await asyncio.gather(*map(submit, keys))


def main(url: str, home: str, bank: str) -> None:
    engine = seen_by(open_engine(url), EVERYONE)
    ledger = Ledger(engine, open_signer(Path(home), "answers"), open_vault(SECRET), Clock())
    ledger.start()
    asyncio.run(submit_all(ledger, Bank(**json.loads(bank)), sys.stdin.read().split()))
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
