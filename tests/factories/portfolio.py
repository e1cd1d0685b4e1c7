"""A made-up portfolio: features of invented firms, their defaults, and models fitted on them."""

import numpy as np
import polars as pl

from models.boosted_trees import BoostedTrees, TreeRecipe
from models.calibration import fit_platt
from models.columns import Column, Columns
from models.logistic import Logistic, LogisticRecipe
from models.predictor import Recipe
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.wording import Words

SMALL_TREES = TreeRecipe(trees=40, depth=3, leaves=6, smallest_leaf=10, penalty=1.0)
PLAIN_LOGISTIC = LogisticRecipe(penalty=2.0)

COLUMNS = Columns(
    (
        Column("sales_fen", -1),
        Column("sales_change", -1),
        Column("gap_days", 1),
        Column("arrears_count", 1),
        Column("invoice_size_fen", 0),
        Column("tax_grade", 0, ("A", "B", "C", "D")),
    )
)

WORDS = (
    Words(
        "sales_fen",
        "销售额",
        "Sales",
        "fen",
        -1,
        "SALES",
        "销售额仅{value}",
        "销售额达{value}",
        "only {value}",
        "{value}",
    ),
    Words(
        "sales_change", "销售变化", "Change", "change", -1, "SALES", "变化{value}", "变化{value}", "{value}", "{value}"
    ),
    Words(
        "gap_days", "间隔", "Gap", "days", 1, "RHYTHM", "间隔{value}天", "仅{value}天", "{value} days", "only {value}"
    ),
    Words(
        "arrears_count", "欠税次数", "Arrears", "notices", 1, "ARREARS", "欠税{value}次", "无欠税", "{value}", "none"
    ),
    Words("invoice_size_fen", "单张金额", "Size", "fen", 0, "SIZE", "每张{value}", "每张{value}", "{value}", "{value}"),
    Words("tax_grade", "纳税等级", "Grade", "", 0, "GRADE", "纳税等级{value}", "纳税等级{value}", "{value}", "{value}"),
)


def portfolio(firms: int = 400, seed: int = 1) -> tuple[pl.DataFrame, np.ndarray]:
    """Features of invented firms, some missing, and which of them default (about one in five)."""
    random = np.random.default_rng(seed)
    sales = np.exp(random.normal(18, 1.5, firms))
    gap, arrears = random.gamma(2, 12, firms).round(), random.poisson(0.5, firms)
    change, grade = random.normal(0, 0.3, firms), random.choice(["A", "B", "C", "D"], firms)
    risk = -0.9 * (np.log(sales) - 18) - change + 0.03 * (gap - 24) + 0.8 * arrears + (grade == "D") - 2.4
    target = (random.random(firms) < 1 / (1 + np.exp(-risk))).astype(float)
    frame = pl.DataFrame(
        {
            "sales_fen": sales.round(),
            "sales_change": np.where(random.random(firms) < 0.1, np.nan, change),
            "gap_days": gap,
            "arrears_count": arrears.astype(float),
            "invoice_size_fen": np.exp(random.normal(12, 1, firms)).round(),
            "tax_grade": np.where(random.random(firms) < 0.15, "", grade),
        }
    )
    return frame.with_columns(pl.col("sales_change").fill_nan(None), pl.col("tax_grade").replace("", None)), target


def fitted(recipe: TreeRecipe | LogisticRecipe, seed: int = 1) -> Logistic | BoostedTrees:
    """One kind of model fitted on a made-up portfolio."""
    frame, target = portfolio(seed=seed)
    return recipe.fit(COLUMNS, COLUMNS.matrix(frame), target, np.ones(len(target)))


def scoring_model(recipe: Recipe = SMALL_TREES, name: str = "made_up") -> ScoringModel:
    """A whole scoring model over the made-up portfolio, calibrated on a second one."""
    learnt, outcome = portfolio(seed=1)
    predictor = recipe.fit(COLUMNS, COLUMNS.matrix(learnt), outcome, np.ones(len(outcome)))
    frame, target = portfolio(seed=2)
    return ScoringModel(
        name=name,
        version="1",
        columns=COLUMNS,
        predictor=predictor,
        calibration=fit_platt(predictor.raw(COLUMNS.matrix(frame)), target, rising=True),
        scale=master_scale(),
        words=WORDS,
        definition_hash="0" * 64,
        snapshot=7,
    )
