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
# # Does it still fit?
#
# A model is trained once and the city moves on. Every `bureau close-day` holds the model in service against the
# population it was trained on; `bureau models monitor sme_default` prints the result. This page does it by hand, breaks
# something to see the alarm ring, and asks whether the model treats groups of firms alike.
#
# Run `make run` once, then open this page from the repository's root.

# %%
from dataclasses import asdict

import matplotlib.pyplot as plt
import polars as pl

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.sources.source import read_source
from features.store.build import build_features
from models.monitoring.monitoring import population_of
from models.monitoring.watched import borrowers, matured_loans
from models.service import load_released
from models.shelf import find_model

settings = Settings()
lake = open_lake(settings.home, settings.catalogue_url)
day = settings.today or read_source(settings.home).last_day
grant = operator_grant("training")
model = load_released(settings.home, "sme_default")
population = population_of(settings.home, model)
print(f"{model.name} {model.version}: trained on {population.rows:,} loans, mean score {population.mean_score:.0f}")

# %% [markdown]
# ## Today's borrowers beside the training population
#
# Stored with the model: where each input is cut, and how many loans of training lay where. No loan itself.

# %%
from models.monitoring.measures import measure_shift

today = build_features(lake, model.features, day, grant)
today = today.join(borrowers(lake, day, grant), on="enterprise_id")
measures = measure_shift(model, population, today)
table = pl.DataFrame([asdict(measure) for measure in measures])
print(f"{today.height:,} borrowers")
table.filter(pl.col("what") != "reason").sort("figure", descending=True).head(8)

# %% [markdown]
# A PSI below 0.10 is stable and one from 0.25 another population; with few firms chance alone reaches more, and the
# limit rises with it. Features that count days up to today move with the calendar and ring no alarm.
#
# Which reasons are told has a share of its own:

# %%
table.filter(pl.col("what") == "reason").sort(pl.col("figure").abs(), descending=True).head(5)

# %% [markdown]
# ## Break something
#
# Suppose the tax bureau's system counts every declaration of the last months as late.

# %%
from models.monitoring.days import alerts_of

broken = today.with_columns(pl.col("tax_late_declarations_12p") + 6)
alarmed = measure_shift(model, population, broken)
alerts = alerts_of(model.name, model.version, alarmed)
assert "tax_late_declarations_12p" in {measure.subject for measure in alarmed if measure.breach}
assert alerts[-1].code == "retrain"
for alert in alerts:
    print(f"{alert.subject} {alert.code}: {alert.text}")

# %% [markdown]
# ## What came of those it rated
#
# The bad rate of each half-year of grants beside what the model expected on the day before each grant.

# %%
from models.monitoring.measures import measure_vintages

loans = matured_loans(lake, find_model("sme_default").question, model, day, grant)
vintages = measure_vintages(loans)
pl.DataFrame([asdict(vintage) for vintage in vintages])

# %% [markdown]
# ## Alike for all?
#
# Whom the model would refuse, and who of them repaid, by size of firm. The intervals are wide where firms are few.

# %%
from models.fairness.auditing import read_judged
from models.fairness.check import check
from models.fairness.groups import SIZE, group_lines

question = find_model("sme_default").question
judged = read_judged(lake, question, model, day, grant, question.split.test_from)
audit = check(model, judged)
lines = group_lines(audit.rows, SIZE, judged[SIZE])
for finding in audit.found:
    print(finding.text)
pl.DataFrame(
    [{"size": line.group, "firms": line.firms, "approved": str(line.approved), "bad": str(line.bad)} for line in lines]
)

# %% [markdown]
# No feature carries gender, ethnicity or home region. Whether one stands for them can only be seen from outside: draw
# a trait, let a feature follow it, and the check names it.

# %%
from models.fairness.proxies import associations

capital = judged["registered_capital"].fill_null(0).rank("random", seed=1)
followed = capital + pl.Series(range(judged.height)).shuffle(1)
trait = (followed > followed.median()).to_numpy()
told = associations(model.columns, judged, model.predictor.raw(model.columns.matrix(judged)), trait, z=3.0)
assert told[0].what == "registered_capital"
[(one.what, round(one.value, 2), round(one.low, 2)) for one in told[:4]]

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
moved = table.filter(pl.col("what") == "feature").sort("figure").tail(10)
left.barh(moved["subject"], moved["figure"])
left.axvline(0.25, linestyle=":", color="grey")
left.set(title="Inputs that moved most since training", xlabel="PSI")
names = [vintage.subject for vintage in vintages]
right.plot(names, [vintage.expected for vintage in vintages], "o-", label="expected")
right.plot(names, [vintage.found for vintage in vintages], "s--", label="went bad")
right.set(title="Vintages", ylabel="share of loans")
right.legend()
plt.tight_layout()
plt.show()
