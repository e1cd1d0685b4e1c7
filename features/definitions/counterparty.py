"""The ten largest customers and suppliers of each quarter (F17): dependence on one, and how often they change."""

from features.contracts.counterparty import COUNTERPARTY
from features.definitions.entry import WITHOUT_SUPERVISION, Entry
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Feature,
    Reason,
    count,
    distinct,
    largest,
    ratio,
)
from features.engine.rows import Condition, col
from features.engine.windows import periods

REFERENCE = "《中华人民共和国税收征收管理法》;税务部门季度上下游交易对手(F17)"
CUSTOMER = col("side").equals("销")
SUPPLIER = col("side").equals("进")
YEAR = periods(4)


def different(side: Condition) -> Feature:
    return Feature(
        feed=COUNTERPARTY,
        take=distinct(col("cp_hash")),
        within=YEAR,
        where=side & (col("rank") <= 5),
        missing=0,
    )


def places(side: Condition) -> Feature:
    return Feature(feed=COUNTERPARTY, take=count(), within=YEAR, where=side & (col("rank") <= 5), missing=0)


COUNTERPARTY_FEATURES = (
    Entry(
        name="customer_turnover_4q",
        definition=ratio(different(CUSTOMER), places(CUSTOMER)),
        label="近4个已公布季前五大客户更替率",
        label_en="Different names among the five largest customers of the last 4 published quarters, per place",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "CUSTOMER-LOYALTY",
            adverse="主要客户更替频繁,更替率{value}",
            favourable="主要客户稳定,更替率仅{value}",
            adverse_en="The main customers change often: {value} of places go to different names",
            favourable_en="The main customers are loyal: only {value} of places go to different names",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
    Entry(
        name="supplier_turnover_4q",
        definition=ratio(different(SUPPLIER), places(SUPPLIER)),
        label="近4个已公布季前五大供应商更替率",
        label_en="Different names among the five largest suppliers of the last 4 published quarters, per place",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "SUPPLIER-LOYALTY",
            adverse="主要供应商更替频繁,更替率{value}",
            favourable="主要供应商稳定,更替率仅{value}",
            adverse_en="The main suppliers change often: {value} of places go to different names",
            favourable_en="The main suppliers are stable: only {value} of places go to different names",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
    Entry(
        name="customer_top_share_4q",
        definition=Feature(feed=COUNTERPARTY, take=largest(col("share_bp")), within=YEAR, where=CUSTOMER),
        label="近4个已公布季单一客户最高销售占比",
        label_en="Highest quarterly share of one customer, last 4 published quarters",
        unit="bp",
        sign=ADVERSE,
        reason=Reason(
            "CUSTOMER-CONCENTRATION",
            adverse="单一客户最高占季度销售额{value}",
            favourable="单一客户最高仅占季度销售额{value}",
            adverse_en="One customer took up to {value} of a quarter's sales",
            favourable_en="No customer took more than {value} of a quarter's sales",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
    Entry(
        name="main_customers_4q",
        definition=Feature(feed=COUNTERPARTY, take=distinct(col("cp_hash")), within=YEAR, where=CUSTOMER, missing=0),
        label="近4个已公布季主要客户家数",
        label_en="Different main customers in the last 4 published quarters",
        unit="customers",
        sign=FAVOURABLE,
        reason=Reason(
            "CUSTOMER-BASE",
            adverse="近一年主要客户仅{value}家",
            favourable="近一年主要客户达{value}家",
            adverse_en="There were only {value} main customers in a year",
            favourable_en="There were {value} main customers in a year",
        ),
        reference=REFERENCE,
        purposes=WITHOUT_SUPERVISION,
    ),
)
