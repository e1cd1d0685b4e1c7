"""The canonical form is that of RFC 8785, as another implementation writes it, whichever way it is written."""

import json
from typing import Any, NamedTuple

import numpy as np
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from api.canonical import canonical, written

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_value_is_written_as_by_the_library(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
def test_what_is_sent_is_the_value_with_its_keys_in_their_order(value: Any) -> None:
    read = json.loads(written({"value": value}))
    assert read == {"value": value}
    assert json.dumps(read) == json.dumps({"value": value})  # the order of keys, and 1 apart from 1.0 and True


class _Point(NamedTuple):
    x: int
    y: float


def test_numbers_of_arrays_and_tuples_with_names_are_sent_as_what_they_are() -> None:
    assert written({"pd": np.float64(0.0213), "at": _Point(1, 0.5)}) == b'{"pd":0.0213,"at":[1,0.5]}'
    assert canonical({"pd": np.float64(0.0213), "at": _Point(1, 0.5)}) == b'{"at":[1,0.5],"pd":0.0213}'


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"pd": 0.0213, "score": 688, "name": "南山", "none": None, "shown": True}, id="an answer"),
        pytest.param([1.0, -0.0, 0.0, 5e-324, 1e21, 1e16, 1e15, 1e-7, 0.0001, 0.00001, -0.00011], id="fractions"),
        pytest.param([2**53 - 1, -(2**53) + 1], id="the largest whole numbers"),
        pytest.param({"\ufb33": 1, "\U0001f600": 2}, id="keys that UTF-16 orders otherwise"),
        pytest.param({"b": {'\x1f\x7f\u2028"\\/': [(), ({},)]}, "a": "\b\f\n\r\t"}, id="escapes, tuples"),
    ],
)
def test_edges_are_written_as_by_the_library(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2**53, id="a whole number that a reader may round"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param({1: "one"}, id="a key that is no text"),
        pytest.param("\ud800", id="half a letter"),
        pytest.param({"at": object()}, id="no JSON at all"),
    ],
)
def test_what_has_no_form_is_refused(value: Any) -> None:
    for spelled in (canonical, written):
        with pytest.raises(ValueError, match=r"."):
            spelled([value])
