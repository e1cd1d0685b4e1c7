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
# # Why this score
#
# A score is believed when its reasons add up, lead back to records, and change when the facts do. This page checks
# all three on the model in service.
#
# Run `make run` once, then open this page from the repository's root.

# %%
import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.definitions.library import find_feature
from features.lake.lake import open_lake
from features.sources.source import read_source
from features.store.build import build_features
from models.release import read_release
from models.service import load_released
from models.shelf import SHELF

settings = Settings()
lake = open_lake(settings.home, settings.catalogue_url)
day = settings.today or read_source(settings.home).last_day
grant = operator_grant()
model = next(load_released(settings.home, name) for name in SHELF if read_release(settings.home, name))
city = build_features(lake, model.features, day, grant)
print(f"{model.name} {model.version} ({model.predictor.kind}), {city.height:,} enterprises as of {day}")

# %% [markdown]
# ## The parts are the whole
#
# Contributions are exact: for every enterprise the base and the parts of all features add up to its log-odds of
# default. `contributions` refuses to answer where they do not.

# %%
matrix = model.columns.matrix(city)
parts = model.contributions(matrix)
log_odds = model.calibration.log_odds(model.predictor.raw(matrix))
gap = np.abs(parts.sum(axis=1) - log_odds).max()
assert gap < 1e-9
print(f"largest gap over {len(parts):,} enterprises: {gap:.1e}")

# %% [markdown]
# What weighs most over the whole city: the mean size of each feature's part, in points of the score.

# %%
points = -model.scale.factor * parts[:, :-1]
weights = pl.DataFrame({"feature": model.features, "points": np.abs(points).mean(axis=0)}).sort(
    "points", descending=True
)
weights.head(10)

# %% [markdown]
# ## One firm, told to a person
#
# Features are gathered by reason code; at most four adverse reasons and two favourable ones are told, with the values
# they rest on. Points of base, reasons and the rest make the score exactly.

# %%
known = pl.sum_horizontal(pl.col(name).is_not_null() for name in model.features)
worst = int(np.argsort(log_odds - 10.0 * (city.select(known).to_series().to_numpy() < len(model.features) // 2))[-20])
firm = city[worst]
values = firm.select(model.features).to_dicts()[0]
scored = model.score(values)
assert scored.base_points + sum(reason.points for reason in scored.reasons) + scored.other_points == scored.score
print(f"score {scored.score}, grade {scored.grade}, probability of default {scored.pd:.1%}")
for reason in scored.reasons:
    print(f"{reason.points:+4d}  {reason.text_en}  {reason.text}")

# %% [markdown]
# ## Back to the records
#
# Every value under a reason is a query over records, and the records that entered it can be named.

# %%
from features.store.lineage import explain

feature = next(value.name for reason in scored.reasons for value in reason.features)
explanation = explain(lake, feature, int(firm["enterprise_id"][0]), day, grant)
print(find_feature(feature).label_en, "=", explanation.value, find_feature(feature).unit)
pl.DataFrame(
    [
        {"record": record.record_id, "feed": record.feed, "happened": record.event_date}
        for record in explanation.records
    ],
    schema={"record": pl.String, "feed": pl.String, "happened": pl.Date},
).tail(8)

# %% [markdown]
# ## And if it were otherwise?
#
# Give the firm the city's median in the features of its strongest adverse reason and score it again.

# %%
adverse = next((reason for reason in scored.reasons if reason.direction == "adverse"), scored.reasons[0])
medians = {value.name: city[value.name].median() for value in adverse.features if city[value.name].dtype.is_numeric()}
mended = model.score(values | medians)
print(f"with {', '.join(medians) or 'nothing'} as usual: score {scored.score} -> {mended.score}")

# %% [markdown]
# ## How one feature works
#
# Each point is an enterprise: what the feature's value did to its score. The sign the feature declares is kept.

# %%
heaviest = [name for name in weights["feature"] if city[name].dtype.is_numeric()][:3]
figure, axes = plt.subplots(1, 3, figsize=(13, 4), sharey=True)
for axis, name in zip(axes, heaviest, strict=False):
    place = model.features.index(name)
    axis.plot(matrix[:, place], points[:, place], ".", alpha=0.3)
    axis.axhline(0, color="grey", linewidth=0.7)
    axis.set(title=find_feature(name).label_en[:45], xlabel=find_feature(name).unit)
axes[0].set_ylabel("points of the score")
plt.tight_layout()
plt.show()

# %% [markdown]
# Whether the model still fits the city a year later is the next page: `04_monitor`.
