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
# # A first look
#
# Ten minutes with one firm: what is known about it, what that becomes as features, how it scores, and why.
#
# Run `make run` once (it loads the small city and trains), then open this page from the repository's root.
# `BUREAU_HOME` names another home, `BUREAU_TODAY` another day.

# %%
import polars as pl

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.definitions.library import find_feature, published
from features.lake.lake import open_lake
from features.lake.registry import enterprises, resolve
from features.sources.source import read_source
from features.store.build import build_features
from features.store.lineage import explain
from features.store.live import live_vector
from features.store.records import records

settings = Settings()
lake = open_lake(settings.home, settings.catalogue_url)
source = read_source(settings.home)
as_of = settings.today or source.last_day
grant = operator_grant()
print(f"source {source.source}, {enterprises(lake).height:,} enterprises, snapshot {lake.snapshot()}, as of {as_of}")

# %% [markdown]
# ## The features
#
# A feature is a declaration: a feed, a filter, an aggregate, a window, the meaning of a missing value, a sign.

# %%
pl.DataFrame(
    [
        {"name": entry.name, "label": entry.label_en, "unit": entry.unit, "sign": entry.sign.name}
        for entry in published()
    ]
)

# %% [markdown]
# All of them for every enterprise as of one day: one pass over each feed.

# %%
names = [entry.name for entry in published()]
city = build_features(lake, names, as_of, grant)
city.select("uscc", *names[:6]).head()

# %% [markdown]
# ## One firm
#
# We take the firm with the most features known, read it live (the same query as the city's, so the same values) ...

# %%
from models.release import read_release
from models.service import load_released
from models.shelf import SHELF

model = next(load_released(settings.home, name) for name in SHELF if read_release(settings.home, name))
known = pl.sum_horizontal(pl.col(name).is_not_null() for name in model.features)
firm = resolve(lake, city.with_columns(known=known).sort("known", "uscc", descending=True)["uscc"][0])
values = live_vector(lake, names, firm.enterprise_id, as_of, grant)
assert values == city.filter(pl.col("enterprise_id") == firm.enterprise_id).select(names).to_dicts()[0]
firm

# %% [markdown]
# ... and ask where a value comes from: the records that entered it, and what was in them.

# %%
scored = model.score(values)
feature = next(value.name for reason in scored.reasons for value in reason.features)
explanation = explain(lake, feature, firm.enterprise_id, as_of, grant)
print(find_feature(feature).label_en, "=", explanation.value, find_feature(feature).unit)
pl.DataFrame(
    [
        {"record_id": record.record_id, "feed": record.feed, "event_date": record.event_date, **record.values}
        for record in explanation.records
    ]
).tail(8)

# %% [markdown]
# The records themselves are one call away, as they were known on any day.

# %%
feed = explanation.records[0].feed
records(lake, feed, as_of, grant, enterprise_id=firm.enterprise_id).tail(3)

# %% [markdown]
# ## Its score, and why
#
# Base points, every reason and everything else add up to the score, exactly.

# %%
print(f"{model.name} {model.version}: score {scored.score}, grade {scored.grade}, PD {scored.pd:.2%}")
assert scored.base_points + sum(reason.points for reason in scored.reasons) + scored.other_points == scored.score
pl.DataFrame([{"code": reason.code, "points": reason.points, "text": reason.text_en} for reason in scored.reasons])

# %% [markdown]
# The same, drawn by shap from the model's own exact contributions: one bar for each feature, in log-odds of default.

# %%
import matplotlib.pyplot as plt
import shap

parts = model.contributions(model.columns.matrix(city.filter(pl.col("enterprise_id") == firm.enterprise_id)))[0]
shap.plots.waterfall(
    shap.Explanation(
        values=parts[:-1],
        base_values=parts[-1],
        data=list(map(values.get, model.features)),
        feature_names=model.features,
    ),
    max_display=12,
    show=False,
)
plt.tight_layout()
plt.show()
