"""Codes, names and keyed hashes. Names are put together from closed lists; no real company or person is meant."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from bureau.uscc import ALPHABET, BODY_WEIGHTS, WEIGHTS
from features.sources.city.arrays import Ints
from features.sources.city.industries import CLASSES
from features.sources.city.parameters import Parameters
from features.sources.city.population import SOLE_TRADER, Firms
from features.sources.city.streams import Chances, scramble
from features.sources.city.texts import digits, hexadecimal, texts

_SYLLABLES = (
    "安邦宝博昌超晨诚驰达德鼎东恩方飞丰富刚高格冠光广贵国海瀚昊浩合恒弘宏鸿虎华辉汇惠吉佳嘉建健江杰金锦晶景敬巨"
    "君骏凯康科坤蓝乐力立利联亮林灵龙隆禄洛迈美盟民明铭茂宁诺鹏平奇琪启千乾强庆荣瑞润森善尚升晟盛胜石世顺思松泰"
    "腾天通同旺威维卫伟文沃熙祥翔欣新信星兴雄旭轩雅阳耀业易益逸毅翼银盈颖永优裕誉元源远越云运泽展兆哲正志智中忠"
)
_STREETS = ("创业路", "科技路", "人民路", "建设路", "工业路", "商报路", "滨河路", "文锦路", "前进路", "宝民路")
_HOST = "前湾一路1号A栋201室（入驻商务秘书有限公司）"
_TRADER_FORMS = ("商行", "经营部", "店", "工作室")
_ISSUED_FIRST = "Y"
"""Registrars issue bodies that begin with a digit or M; ours cannot meet a real enterprise."""
_CODES_CHANGED_ON = "2015-10-01"
"""Enterprises registered before this day also carry a number of 15 digits."""

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_ORGANISATION_VALUES = np.array([int(letter, 36) for letter in ALPHABET])
"""What a letter counts in an organisation's check character (GB 11714)."""
_POSITIONS = np.array([ALPHABET.index(letter) for letter in "0123456789X"])


@dataclass(frozen=True)
class Identities:
    """How enterprises are called; every series is (firms,)."""

    uscc: pl.Series
    name: pl.Series
    legal_rep: pl.Series
    reg_no: pl.Series
    address: pl.Series


def identify(parameters: Parameters, firms: Firms, chances: Chances) -> Identities:
    """Codes and names of a shard's enterprises: distinct codes always, distinct names but for a few."""
    chance, seed = chances.of("identity"), chances.seed
    names = _names(parameters, firms, seed)
    shared = (chance.random(firms.count) < parameters.dirt.same_name) & (np.arange(firms.count) > 0)
    return Identities(
        uscc=_codes(parameters, firms, seed).alias("uscc"),
        name=names.gather(np.arange(firms.count) - shared).alias("name"),
        legal_rep=keyed_hashes("person", firms.entity, seed),
        reg_no=_registration_numbers(parameters, firms, seed).alias("reg_no"),
        address=addresses(parameters, firms.district, chance).alias("address"),
    )


def _codes(parameters: Parameters, firms: Firms, seed: int) -> pl.Series:
    """Valid codes: class, division, body and the two check characters, as `bureau.uscc` composes them one by one."""
    kind = np.where(firms.size == SOLE_TRADER, 2, 1)
    division = digits(_divisions(parameters)[firms.district], 6)
    body = organisation_bodies(firms.entity, seed)
    organisation = -(_ORGANISATION_VALUES[body] @ np.array(BODY_WEIGHTS)) % 11
    first = np.column_stack([np.full(firms.count, 9), kind, division, body, _POSITIONS[organisation]])
    check = -(first @ np.array(WEIGHTS)) % len(ALPHABET)
    return texts(_LETTERS[np.column_stack([first, check])])


def _divisions(parameters: Parameters) -> Ints:
    return np.array([int(district.division) for district in parameters.districts])


def organisation_bodies(entity: Ints, seed: int) -> Ints:
    """(rows, 8) positions in the alphabet of organisation codes, different for every enterprise of a city."""
    space = len(ALPHABET) ** 7
    # A multiplier prime to 31 permutes the numbers, so distinct enterprises keep distinct bodies.
    number = (entity * 15_485_863 + scramble(np.zeros(1, dtype=np.int64), seed)[0].astype(np.int64) % space) % space
    places = [(number // len(ALPHABET) ** place) % len(ALPHABET) for place in range(7)]
    return np.column_stack([np.full(len(entity), ALPHABET.index(_ISSUED_FIRST)), *places])


def _names(parameters: Parameters, firms: Firms, seed: int) -> pl.Series:
    """Region, three syllables, a word for the trade, and the form."""
    base = len(_SYLLABLES)
    number = (firms.entity * 7_368_787 + seed) % base**3
    trades = [word for section in parameters.sections for _, word in CLASSES[section]]
    begins = np.cumsum([0] + [len(CLASSES[section]) for section in parameters.sections])
    places = [f"深圳市{district.name}" for district in parameters.districts] + ["深圳市"]
    sole = firms.size == SOLE_TRADER
    parts = [
        _gathered(places, np.where(sole, firms.district, len(places) - 1)),
        *(_gathered(_SYLLABLES, number // base**place % base) for place in range(3)),
        _gathered(trades, begins[firms.section] + firms.industry),
        _gathered((*_TRADER_FORMS, "有限公司"), np.where(sole, number % len(_TRADER_FORMS), len(_TRADER_FORMS))),
    ]
    return _joined(parts)


def _gathered(of: Sequence[str], position: Ints) -> pl.Series:
    return pl.Series(list(of), dtype=pl.String).gather(position)


def _joined(parts: list[pl.Series]) -> pl.Series:
    frame = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    return frame.select(pl.concat_str(pl.all())).to_series()


def new_names(chance: np.random.Generator, count: int) -> pl.Series:
    """Names enterprises take when they change theirs."""
    picks = chance.integers(0, len(_SYLLABLES), (4, count))
    return _joined(
        [
            _gathered(["深圳市"], np.zeros(count, dtype=np.int64)),
            *(_gathered(_SYLLABLES, row) for row in picks),
            _gathered(["有限公司"], np.zeros(count, dtype=np.int64)),
        ]
    )


def addresses(parameters: Parameters, district: Ints, chance: np.random.Generator) -> pl.Series:
    """A district, a street and a number for each position of a district; a host's where the enterprise has one."""
    streets = [f"深圳市{place.name}{street}" for place in parameters.districts for street in _STREETS]
    street = district * len(_STREETS) + chance.integers(0, len(_STREETS), len(district))
    numbers = pl.Series(chance.integers(1, 400, len(district))).cast(pl.String)
    own = _joined([_gathered(streets, street), numbers + "号"])
    hosts = [f"深圳市{place.name}{_HOST}" for place in parameters.districts]
    hosted = chance.random(len(district)) < np.array([place.hosted for place in parameters.districts])[district]
    return _gathered(hosts, district).zip_with(pl.Series(hosted), own)


def keyed_hashes(what: str, numbers: Ints, seed: int) -> pl.Series:
    """Under a key of this city: one number of a kind always gives the same 16 characters, another gives others."""
    key = hmac.new(f"city:{seed}".encode(), what.encode(), hashlib.sha256).digest()
    return hexadecimal(scramble(numbers, int.from_bytes(key[:8])))


def _registration_numbers(parameters: Parameters, firms: Firms, seed: int) -> pl.Series:
    old = firms.born < np.datetime64(_CODES_CHANGED_ON, "D").astype(np.int64)
    division = digits(_divisions(parameters)[firms.district], 6)
    number = digits((firms.entity * 6_700_417 + seed) % 10**8, 8)
    numbers = legacy_numbers(np.column_stack([division, number]))
    return numbers.zip_with(pl.Series(old), pl.Series([None], dtype=pl.String))


def legacy_numbers(first_14: Ints) -> pl.Series:
    """Registration numbers 注册号 of 15 digits, the last one by ISO 7064 MOD 11,10; first_14: (rows, 14) digits."""
    product = np.full(len(first_14), 10)
    for digit in first_14.T:
        total = (product + digit) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    last = (11 - product) % 10
    return texts((np.column_stack([first_14, last]) + ord("0")).astype(np.uint8))
