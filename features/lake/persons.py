"""Raw identities of natural persons: no row that holds one is stored, and what waits holds it no more.

Departments send keyed hashes. What reads like an identity number, a mobile number or an e-mail address is refused in
free text and in hash columns alike: an identity number of digits alone would pass for a short hash. In numbers of
documents and records only what must be a person's is.
"""

import polars as pl

from features.contracts.contract import HASH_PATTERN, Contract
from features.lake.raw_identity import in_free_text, in_keys, in_numbers, masked_keys, masked_numbers, masked_text

_KEYS = ("_no", "_id", "_code", "_key")
_REASON = "{} holds what reads like a person's identity number, mobile number or e-mail address; send its keyed hash"


def open_columns(contract: Contract) -> tuple[str, ...]:
    """The columns in which a person's identity could stand: free text, and hashes of persons."""
    return tuple(name for name, patterns in _texts(contract) if patterns or not _is_key(name))


def key_columns(contract: Contract) -> tuple[str, ...]:
    """Numbers of documents, accounts and records: eleven digits there are no telephone."""
    return tuple(name for name, patterns in _texts(contract) if not patterns and _is_key(name))


def number_columns(contract: Contract) -> tuple[str, ...]:
    """Registration and taxpayers' numbers, and codes in whose place one may stand: some are persons' of 15 digits."""
    subject = None if contract.name_column is None else contract.subject
    return tuple(name for name in (contract.number_column, subject) if name is not None)


def _is_key(name: str) -> bool:
    return name == "record_id" or name.endswith(_KEYS)


def _texts(contract: Contract) -> list[tuple[str, list[str]]]:
    """Columns of text that no closed list and no pattern but a hash's binds, each with its patterns."""
    found = []
    for name, column in contract.schema.to_schema().columns.items():
        patterns = [check.statistics.get("pattern") for check in column.checks if check.name == "str_matches"]
        closed = any(check.name == "isin" for check in column.checks) or any(one != HASH_PATTERN for one in patterns)
        if column.dtype.type == pl.String and not closed:
            found.append((name, patterns))
    return found


def identities(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows that hold a raw identity, once for each column: `row`, `reason`."""
    raw = {name: in_free_text(typed[name].drop_nulls().unique()) for name in open_columns(contract)}
    raw |= {name: in_keys(typed[name].drop_nulls()) for name in key_columns(contract)}
    for name in number_columns(contract):
        numbers = typed[name].drop_nulls()
        raw[name] = pl.concat([in_numbers(numbers), raw.get(name, numbers.clear())])
    found = [pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})]
    for name, texts in raw.items():
        if not texts.is_empty():
            reason = pl.lit(_REASON.format(name)).alias("reason")
            rows = typed.filter(pl.col(name).is_in(texts.unique().implode()))
            found.append(rows.select(pl.col("row").cast(pl.UInt32), reason))
    return pl.concat(found)


def masked(delivered: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Delivered rows with every raw identity masked, in whatever column it stands.

    Outside free text only what `in_keys` finds is: another mask would keep a row from ever being landed.
    """
    masks = dict.fromkeys(number_columns(contract), masked_numbers) | dict.fromkeys(open_columns(contract), masked_text)
    texts = delivered.select(pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String))
    return delivered.with_columns(masks.get(text.name, masked_keys)(text) for text in texts.iter_columns())
