# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Training a model
#
# From loans that went well or badly to a model judged on loans it has never seen, step by step. What
# `bureau models train sme_default` does in one go is done here by hand; nothing on this page changes your home.
#
# Run `make run` once, then open this page from the repository's root.

# %%
import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.sources.source import read_source
from models.sme_default.spec import QUESTION, SPEC

settings = Settings()
lake = open_lake(settings.home, settings.catalogue_url)
day = settings.today or read_source(settings.home).last_day
grant = operator_grant("training")
print(SPEC.title_en, *(f"{term}: {told}" for term, told in SPEC.declared.items()), sep="\n")

# %% [markdown]
# ## The labels
#
# A row is a loan whose first twelve months are over and known. `as_of` is the day before the grant: the last day a
# bank could have asked on. Small cities over-sample borrowers, and `weight` restores the population.

# %%
labels = QUESTION.read_labels(lake, day, grant)
by_year = labels.group_by(year=pl.col("granted_on").dt.year()).agg(
    loans=pl.len(),
    defaults=pl.col("target").sum(),
    rate=(pl.col("target") * pl.col("weight")).sum() / pl.col("weight").sum(),
)
by_year.sort("year")

# %% [markdown]
# ## The features, each as it was known on its day
#
# `read_labelled` reads them point in time. What a department published later, or corrected later, is not there.
# It also refuses columns that seem to know the outcome.

# %%
from models.training import read_labelled

labelled = read_labelled(lake, SPEC, labels, grant)
print(f"{len(labelled.rows):,} loans, {len(SPEC.features)} features, definitions {labelled.definition_hash[:12]}")
labelled.frame.select("subject", "as_of", "target", *SPEC.features[:5]).tail()

# %% [markdown]
# To see the refusal at work, add a column that a careless join would bring: what the bank wrote down at the end.

# %%
from models.suspects import suspect_columns
from models.training import LABEL_COLUMNS

careless = labelled.frame.with_columns(days_overdue=pl.col("target") * 90 + pl.int_range(pl.len()) % 7)
for suspect in suspect_columns(careless, "target", trusted=SPEC.features, ignore=LABEL_COLUMNS):
    print(suspect.why)

# %% [markdown]
# ## Three periods, in the order of time
#
# The oldest loans train, the next calibrate, the newest judge: the figures are those of a bank that released it then.

# %%
question = QUESTION.on(day, labelled)
train, calibrate, test = (question.part(labelled, period) for period in ("train", "calibrate", "test"))
for name, rows in {"train": train, "calibrate": calibrate, "test": test}.items():
    print(f"{name:10} {len(rows):6,} loans {rows.defaults:4} defaults")
question.split

# %% [markdown]
# ## Two kinds of model on the same rows
#
# Both keep the features' signs: more late declarations never make a firm safer.

# %%
from models.calibration import fit_platt
from models.evaluation import evaluate_pd

predictors, said, judged = {}, {}, []
for recipe in SPEC.recipes:
    predictor = recipe.fit(train.columns, train.matrix, train.target, train.weight)
    platt = fit_platt(predictor.raw(calibrate.matrix), calibrate.target, calibrate.weight, rising=True)
    pd = platt.pd(predictor.raw(test.matrix))
    figures = evaluate_pd(pd, test.target, test.weight, test.firm)
    predictors[recipe.kind], said[recipe.kind] = predictor, pd
    judged.append({"kind": recipe.kind, "auc": str(figures.auc), "ks": figures.ks, "slope": figures.calibration_slope})
pl.DataFrame(judged)

# %% [markdown]
# The intervals overlap widely: with some dozens of defaults, a difference of a few points is chance. That is why
# training compares kinds at several days inside the oldest period, each time on what was known then, and takes the
# simpler one unless another is clearly better; and why the figures carry an interval everywhere.
#
# ## A sign, checked
#
# Take a firm, move one feature over its range, and see that the log-odds only go one way.

# %%
name = "tax_late_declarations_12p"
place, column = SPEC.features.index(name), test.matrix[:, SPEC.features.index(name)]
grid = np.linspace(0, max(float(np.nanmax(column)), 1.0), 25)
row = np.repeat(test.matrix[:1], len(grid), axis=0)
row[:, place] = grid
curve = predictors["boosted_trees"].raw(row)
assert (np.diff(curve) >= -1e-12).all(), f"{name} must never lower the risk"

# %% [markdown]
# ## Is the probability true?

# %%
from models.pictures import calibration_bands

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
for kind, pd in said.items():
    bands = calibration_bands(pd, test.target, test.weight, bands=5)
    left.errorbar(
        bands["pd"],
        bands["observed"],
        yerr=[bands["observed"] - bands["low"], bands["high"] - bands["observed"]],
        fmt="o",
        capsize=3,
        label=kind,
    )
left.axline((0, 0), slope=1, linestyle=":", color="grey")
left.set(xlabel="probability said", ylabel="defaults that came", title="Calibration on unseen loans")
left.legend()
right.step(grid, curve, where="post")
right.set(xlabel=name, ylabel="log-odds of default", title="One firm, one feature moved")
plt.tight_layout()
plt.show()

# %% [markdown]
# To keep a model, with its card, its pictures and its line in mlflow: `bureau models train sme_default`.
# What it says of one firm, and why, is the next page: `03_explain`.
