"""F64: firms that agreed to be served by e-mail and mobile, some at a host's address."""

import numpy as np
import polars as pl

from features.sources.city.assets.drawing import felt, hashed, numbered
from features.sources.city.months import day_number
from features.sources.city.rows import days, later, only_where, state
from features.sources.city.shard import Shard

_HOSTS = 25
_REPLIES_WITHIN_DAYS = 60
_NO_REPLY = 0.4


def service_addresses(shard: Shard) -> pl.DataFrame:
    """One commitment a firm, mostly made once; some e-mails bounce, and a few commitments are withdrawn."""
    chance = shard.chances.of("service-address")
    rule, firms, months = shard.parameters.assets.service_address, shard.firms, shard.months
    near = np.array([district.division in rule.divisions for district in shard.parameters.districts])[firms.district]
    possible = shard.delivered & near[:, None] & (months.begins >= day_number(rule.since))
    agreed = possible & (chance.random(possible.shape) < rule.rate)
    firm = np.flatnonzero(agreed.any(axis=1))
    count = len(firm)
    consented = months.begins[agreed[firm].argmax(axis=1)] + chance.integers(0, 28, count)
    bounced = consented + chance.integers(30, 900, count)
    replied = bounced + chance.integers(1, _REPLIES_WITHIN_DAYS, count)
    withdrawn = consented + chance.integers(60, 1_200, count)
    strain = felt(shard, shard.latent.stress, firm, bounced)
    bounces = chance.random(count) < np.minimum(rule.bounced * np.exp(rule.bounced_stress * strain), 0.5)
    replies = bounces & (chance.random(count) >= _NO_REPLY)
    leaves = ~bounces & (chance.random(count) < rule.withdrawn)
    host = numbered("H", chance.integers(1, _HOSTS, count), 3)
    first = np.zeros(count, dtype=np.int64)
    stated = state(
        shard, "F64", firm, first, consented,
        {
            "commit_no": numbered("SD", firms.entity[firm], 8),
            "email_hash": hashed(shard, "email", firm, first),
            "mobile_hash": hashed(shard, "mobile", firm, first),
            "consented_on": days(consented),
            "host_id": only_where(host, chance.random(count) < rule.hosted),
            "bounced_on": days(bounced, bounces),
            "replied_on": days(replied, replies),
            "withdrawn_on": days(withdrawn, leaves),
        },
    )  # fmt: skip
    return _versions(stated)


def _versions(stated: pl.DataFrame) -> pl.DataFrame:
    """What became of a commitment, each thing when it became known."""
    never = pl.lit(None, dtype=pl.Date)
    first = stated.with_columns(bounced_on=never, replied_on=never, withdrawn_on=never)
    lost = later(stated, "bounced_on", op="U").with_columns(replied_on=never)
    found = later(stated, "replied_on", op="U", versions=2)
    return pl.concat([first, lost, found, later(stated, "withdrawn_on", op="U")])
