"""Small served homes: a lake with a made-up city or a made-up contest, and a tiny model trained on it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from bureau.clock import known_before
from bureau.grant import ReadGrant, operator_grant
from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.electricity import ELECTRICITY
from features.contracts.enforcement import ENFORCEMENT
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.contracts.registration_change import REGISTRATION_CHANGE
from features.contracts.social_insurance import SOCIAL_INSURANCE
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.library import definition_hash
from features.lake.lake import Lake
from features.lake.registry import enterprises
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY as SBA_LAST_DAY
from features.sources.source import claim_source
from features.store.build import build_features
from models.artefact import write_model
from models.boosted_trees import TreeRecipe
from models.calibration import fit_platt
from models.register import Deed, writing
from models.release import Release, put_into_service
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.shelf import SPECS
from products.desk import Desk, open_desk
from products.product import Product, Use, fields_of
from tests.factories.courts import court_case, dishonest_debtor, enforcement
from tests.factories.invoice_feeds import invoice_month
from tests.factories.lakes import Row, land_rows, make_lake, uscc
from tests.factories.once import copy_made_once
from tests.factories.penalties import penalty
from tests.factories.power import electricity
from tests.factories.registrations import registration, registration_change
from tests.factories.sba import sba_loan, write_loans
from tests.factories.social_insurance import social_insurance
from tests.factories.tax import tax_arrears, tax_declaration, tax_grade

TODAY = date(2025, 7, 1)
APPROVED = datetime(2025, 6, 30, tzinfo=UTC)
ACTS: tuple[tuple[Deed, str], ...] = (("kept", ""), ("proposed", "王建模"), ("approved", "李审批"))
MONTHS = tuple(f"{year}-{month:02d}" for year in (2023, 2024, 2025) for month in range(1, 13))[4:29]
"""Two years and a month, up to May 2025."""

SUED = (date(2024, 9, 2), date(2025, 2, 10), date(2025, 3, 3))
CROWD = tuple(uscc(number) for number in range(100, 180))
"""Firms a model is trained on; the further down the list, the worse."""
SOUND, TROUBLED, BARE, SILENT, LISTED, STRANGER = (uscc(number) for number in range(11, 17))
"""Sound: nothing against it. Troubled: arrears, cases, lists. Bare: registered only. Silent: invoices only, long
ago. Listed: on the list of dishonest debtors, and nothing else. Stranger: a valid code nobody ever delivered."""


def grant_for(product: Product, subject: str | None = None, use: Use = "answer") -> ReadGrant:
    """What a bank may read for one product."""
    return ReadGrant("前海银行", "pre_loan", "consent-1", subject, fields_of(product, use))


def city_desk(folder: Path, catalogue_url: str | None = None) -> Desk:
    """A home of the city: most feeds, and a released model for each product served there."""
    if catalogue_url is None:
        copy_made_once("city desk", _fill_city, folder)
    else:
        _fill_city(folder, catalogue_url)
    return desk_of(folder / "home", catalogue_url=catalogue_url)


def _fill_city(folder: Path, catalogue_url: str | None = None) -> None:
    lake = make_lake(folder, catalogue_url)
    home = lake.root.parent
    for contract, rows in city_rows():
        land_rows(lake, contract, rows, "2025-06-25")
    claim_source(home, "city", TODAY)
    for name in ("sme_default", "first_loan", "tax_behaviour"):
        release_tiny_model(home, lake, name)
    lake.catalogue.dispose()


def contest_desk(folder: Path) -> Desk:
    """A home of the contest: names and invoices and nothing else, and a released invoice_default."""
    copy_made_once("contest desk", _fill_contest, folder)
    return desk_of(folder / "home")


def _fill_contest(folder: Path) -> None:
    lake = make_lake(folder)
    home = lake.root.parent
    firms = (*CROWD, SOUND, SILENT)
    unknown = {
        "est_date": None,
        "event_date": date(2023, 1, 1),
        "publish_date": date(2023, 1, 1),
        "section": None,
        "division": None,
    }
    names = [registration(firm, f"示例{n}有限公司", outside_key=f"E{n}", **unknown) for n, firm in enumerate(firms)]
    land_rows(lake, REGISTRATION, names, "2025-06-25")
    land_rows(lake, INVOICE_MONTH, list(invoice_rows()), "2025-06-25")
    claim_source(home, "cumcm", TODAY)
    release_tiny_model(home, lake, "invoice_default")
    lake.catalogue.dispose()


def loans_desk(folder: Path) -> Desk:
    """A home of guaranteed loans, of which number 7 may be asked about, and a released sba_default."""
    lake = make_lake(folder)
    home = lake.root.parent
    loans = [sba_loan(number, ApprovalDate=date(2014, 8, 28), ApprovalFY=2014) for number in range(1, 41)]
    data = write_loans(folder / "given", "head22k", *loans)
    load_source(lake, home, "sba", SourceOptions(data=data), at=known_before(SBA_LAST_DAY))
    release_tiny_model(home, lake, "sba_default", firms=enterprises(lake)["uscc"].to_list())
    return desk_of(home, SBA_LAST_DAY)


def desk_of(home: Path, today: date = TODAY, catalogue_url: str | None = None) -> Desk:
    return open_desk(home, catalogue_url or f"sqlite:///{home / 'catalogue.db'}", today)


def city_rows() -> list[tuple[Contract, list[Row]]]:
    """Rows by contract: a crowd of falling health, and the firms of the tests. No power arrears: never received."""
    firms = {**{firm: n / len(CROWD) for n, firm in enumerate(CROWD)}, SOUND: 0.0, TROUBLED: 0.95}
    chance = Random(7)
    return [
        (REGISTRATION, [*(registration(firm, name=f"示例{n}有限公司") for n, firm in enumerate(firms)),
                       registration(BARE, name="只登记有限公司")]),
        (REGISTRATION_CHANGE, [registration_change(TROUBLED, item=item) for item in ("法人", "股东")]),
        (TAX_GRADE, [tax_grade(firm, grade="ABC"[min(int(ill * 3), 2)]) for firm, ill in firms.items()]),
        (TAX_DECLARATION, [
            tax_declaration(firm, month, late_days=int(9 * ill * chance.random()), paid_fen=1_500_000 - int(5e5 * ill))
            for firm, ill in firms.items() for month in MONTHS[-13:]
        ]),
        (INVOICE_MONTH, list(invoice_rows())),
        (TAX_ARREARS, [tax_arrears(TROUBLED, arrears_fen=3_000_000),
                      tax_arrears(TROUBLED, date(2025, 1, 31), arrears_fen=2_000_000)]),
        (SOCIAL_INSURANCE, [
            social_insurance(firm, month, insured_n=20 - int(ill * 10))
            for firm, ill in firms.items() for month in MONTHS[-7:]
        ]),
        (COURT_CASE, [court_case(TROUBLED, filed_on=day) for day in SUED]),
        (ENFORCEMENT, [enforcement(TROUBLED)]),
        (DISHONEST_DEBTOR, [dishonest_debtor(CROWD[0], case_no="1", removed_on=date(2025, 6, 20)),
                            dishonest_debtor(TROUBLED, case_no="2"), dishonest_debtor(LISTED, case_no="3")]),
        (PENALTY, [penalty(TROUBLED), penalty(TROUBLED, date(2025, 2, 1), repaired_on=date(2025, 6, 1)),
                  penalty(TROUBLED, date(2025, 3, 1), revoked_on=date(2025, 7, 2))]),
        (ELECTRICITY, [electricity(firm, month) for firm in firms for month in MONTHS[-13:]]),
    ]  # fmt: skip


def invoice_rows() -> Iterator[Row]:
    """Two years of sales and purchases of the crowd, falling with its health; Silent stopped a year ago."""
    chance = Random(11)
    for n, firm in enumerate((*CROWD, SOUND, TROUBLED)):
        ill = 0.0 if firm == SOUND else n / len(CROWD)
        for age, month in enumerate(reversed(MONTHS)):
            swing = 1 + (chance.random() - 0.5) * (0.2 + ill)
            level = (1 - 0.7 * ill) * (1 + ill * age / 24) * swing
            yield invoice_month(
                firm,
                month,
                n=int(40 * level) + 1,
                amount_fen=int(50_000_000 * level),
                n_void=int(2 + 8 * ill * chance.random()),
                n_counterparty=int(12 - 8 * ill),
                top1_bp=int(2_000 + 4_000 * ill),
                top5_bp=int(6_000 + 3_500 * ill),
                max_gap_days=int(3 + 20 * ill * chance.random()),
            )
            yield invoice_month(firm, month, "进", amount_fen=int(40_000_000 * level), max_gap_days=int(5 + 20 * ill))
    for month in MONTHS[:12]:
        yield invoice_month(SILENT, month)


def release_tiny_model(
    home: Path, lake: Lake, name: str, version: str = "1", trees: int = 30, firms: Sequence[str] = CROWD
) -> ScoringModel:
    """Train a few trees on some firms, the lower half of which defaults more often, and put them into service."""
    spec = SPECS[name]
    city = build_features(lake, spec.features, TODAY, operator_grant("training"))
    crowd = city.join(pl.DataFrame({"uscc": firms}), on="uscc", maintain_order="right")
    chance = np.random.default_rng(5)
    target = (chance.random(len(firms)) < np.linspace(0.0, 0.8, len(firms)) ** 2).astype(float)
    columns, weight = spec.columns, np.ones(len(firms))
    recipe = TreeRecipe(trees=trees, depth=3, leaves=5, smallest_leaf=5, penalty=1.0)
    predictor = recipe.fit(columns, columns.matrix(crowd), target, weight)
    model = ScoringModel(
        name=name,
        version=version,
        columns=columns,
        predictor=predictor,
        calibration=fit_platt(predictor.raw(columns.matrix(crowd)), target, rising=True, penalty=1.0),
        scale=master_scale(),
        words=spec.words,
        definition_hash=definition_hash(spec.features),
        snapshot=lake.snapshot(),
    )
    folder = home / "models" / name
    sha256 = write_model(folder / version, model, [dict.fromkeys(spec.features)], {"refusal": None})
    with writing(home, name) as register:
        for deed, person in ACTS:
            register.add(deed, version, sha256, person, APPROVED)
    put_into_service(home, name, Release(version, sha256, "made-up", "王建模", "李审批", APPROVED.isoformat()))
    return model
