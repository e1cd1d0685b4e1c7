"""No model may read gender, ethnicity or home region, and no feature there is carries one."""

import re

from features.definitions.library import published

FORBIDDEN = re.compile(
    r"性别|民族|籍贯|户籍|出生地|gender|\bsex\b|ethnic|birthplace|home region|native place", re.IGNORECASE
)


def test_no_feature_carries_a_trait_of_persons() -> None:
    texts = {entry.name: f"{entry.name.replace('_', ' ')} {entry.label} {entry.label_en}" for entry in published()}
    assert [name for name, text in texts.items() if FORBIDDEN.search(text)] == []
