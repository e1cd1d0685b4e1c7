"""Codes, names and keyed hashes. Names are put together from closed lists; no real company or person is meant."""

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import polars as pl

from bureau.uscc import ALPHABET, compose_uscc
from features.sources.city.arrays import Ints
from features.sources.city.industries import CLASSES
from features.sources.city.parameters import Parameters
from features.sources.city.population import SOLE_TRADER, Firms
from features.sources.city.streams import Chances, scramble

_SYLLABLES = (
    "安邦宝博昌超晨诚驰达德鼎东恩方飞丰富刚高格冠光广贵国海瀚昊浩合恒弘宏鸿虎华辉汇惠吉佳嘉建健江杰金锦晶景敬巨"
    "君骏凯康科坤蓝乐力立利联亮林灵龙隆禄洛迈美盟民明铭茂宁诺鹏平奇琪启千乾强庆荣瑞润森善尚升晟盛胜石世顺思松泰"
    "腾天通同旺威维卫伟文沃熙祥翔欣新信星兴雄旭轩雅阳耀业易益逸毅翼银盈颖永优裕誉元源远越云运泽展兆哲正志智中忠"
)
_STREETS = ("创业路", "科技路", "人民路", "建设路", "工业路", "商报路", "滨河路", "文锦路", "前进路", "宝民路")
_TRADER_FORMS = ("商行", "经营部", "店", "工作室")
_ISSUED_FIRST = "Y"
"""Registrars issue bodies that begin with a digit or M; ours cannot meet a real enterprise."""
_CODES_CHANGED_ON = "2015-10-01"
"""Enterprises registered before this day also carry a number of 15 digits."""


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
    divisions = [parameters.districts[district].division for district in firms.district]
    classes = ["92" if size == SOLE_TRADER else "91" for size in firms.size]
    bodies = organisation_bodies(firms.entity, seed)
    codes = [compose_uscc(*parts) for parts in zip(classes, divisions, bodies, strict=True)]
    names = _names(parameters, firms, seed)
    shared = chance.random(firms.count) < parameters.dirt.same_name
    names = [names[row - 1] if row and shared[row] else names[row] for row in range(firms.count)]
    return Identities(
        uscc=pl.Series("uscc", codes),
        name=pl.Series("name", names),
        legal_rep=keyed_hashes("person", firms.entity, seed),
        reg_no=_registration_numbers(divisions, firms, seed),
        address=pl.Series("address", addresses(parameters, firms.district, chance)),
    )


def organisation_bodies(entity: Ints, seed: int) -> list[str]:
    """Eight characters of an organisation code, different for every enterprise of a city."""
    space = len(ALPHABET) ** 7
    # A multiplier prime to 31 permutes the numbers, so distinct enterprises keep distinct bodies.
    number = (entity * 15_485_863 + scramble(np.zeros(1, dtype=np.int64), seed)[0].astype(np.int64) % space) % space
    digits = [(number // len(ALPHABET) ** place) % len(ALPHABET) for place in range(7)]
    letters = np.array(list(ALPHABET))
    return [_ISSUED_FIRST + "".join(row) for row in letters[np.stack(digits, axis=1)]]


def _names(parameters: Parameters, firms: Firms, seed: int) -> list[str]:
    """Region, three syllables, a word for the trade, and the form."""
    base = len(_SYLLABLES)
    number = (firms.entity * 7_368_787 + seed) % base**3
    sections = list(parameters.sections)
    names = []
    for row, n in enumerate(number.tolist()):
        trade = _SYLLABLES[n % base] + _SYLLABLES[n // base % base] + _SYLLABLES[n // base**2]
        word = CLASSES[sections[firms.section[row]]][firms.industry[row]][1]
        district = parameters.districts[firms.district[row]].name
        if firms.size[row] == SOLE_TRADER:
            names.append(f"深圳市{district}{trade}{word}{_TRADER_FORMS[n % len(_TRADER_FORMS)]}")
        else:
            names.append(f"深圳市{trade}{word}有限公司")
    return names


def new_names(chance: np.random.Generator, count: int) -> list[str]:
    """Names enterprises take when they change theirs."""
    picks = chance.integers(0, len(_SYLLABLES), (count, 4))
    return ["深圳市" + "".join(_SYLLABLES[pick] for pick in row) + "有限公司" for row in picks]


def addresses(parameters: Parameters, district: Ints, chance: np.random.Generator) -> list[str]:
    """A district, a street and a number for each position of a district."""
    streets = chance.integers(0, len(_STREETS), len(district))
    numbers = chance.integers(1, 400, len(district))
    return [
        f"深圳市{parameters.districts[where].name}{_STREETS[street]}{number}号"
        for where, street, number in zip(district, streets, numbers, strict=True)
    ]


def keyed_hashes(what: str, numbers: Ints, seed: int) -> pl.Series:
    """HMAC-SHA-256 under a key of this city: one number of a kind always gives the same 64 characters."""
    key = f"city:{seed}".encode()
    return pl.Series([hmac.new(key, f"{what}:{n}".encode(), hashlib.sha256).hexdigest() for n in numbers.tolist()])


def _registration_numbers(divisions: list[str], firms: Firms, seed: int) -> pl.Series:
    old = firms.born < np.datetime64(_CODES_CHANGED_ON, "D").astype(np.int64)
    number = (firms.entity * 6_700_417 + seed) % 10**8
    numbers = [
        legacy_number(f"{division}{n:08d}") if before else None
        for division, n, before in zip(divisions, number.tolist(), old, strict=True)
    ]
    return pl.Series("reg_no", numbers, dtype=pl.String)


def legacy_number(first_14: str) -> str:
    """A registration number 注册号 of 15 digits: the last one by ISO 7064 MOD 11,10."""
    product = 10
    for digit in first_14:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return f"{first_14}{(11 - product) % 10}"
