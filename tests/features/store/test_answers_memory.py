"""Memory of answers: used again once nobody holds what was made of it, and not before."""

import gc

import numpy as np
import polars as pl
import pyarrow as pa

from features.engine.kernel.answers import columns
from features.store.kernel_computation import Answers


def held(answers: Answers, rows: int, value: float) -> pl.DataFrame:
    """A frame made of an answer that says one number."""
    out = answers.room(rows)
    out[:] = value
    return pl.DataFrame(pa.table(columns(out), ["a", "b"]))


def address(frame: pl.DataFrame) -> int:
    return int(frame["a"].to_numpy().ctypes.data)


def test_a_frame_that_is_held_keeps_its_numbers() -> None:
    answers = Answers(2, most=8)
    first = held(answers, 8, 1.0)
    column = held(answers, 3, 2.0)["b"]
    later = [held(answers, 8, float(n)) for n in range(3, 9)]
    assert first.to_numpy().tolist() == [[1.0, 1.0]] * 8
    assert column.to_list() == [2.0] * 3
    assert [frame["b"].to_list() for frame in later] == [[float(n)] * 8 for n in range(3, 9)]


def test_memory_nobody_holds_is_used_again() -> None:
    answers = Answers(2, most=8)
    frame = held(answers, 8, 1.0)
    before = address(frame)
    del frame
    gc.collect()
    again = held(answers, 5, 2.0)
    assert address(again) == before
    assert address(held(answers, 5, 3.0)) != before


def test_an_answer_is_as_wide_as_asked_for() -> None:
    assert Answers(3, most=8).room(5).shape == (3, 5)
    assert np.isfortran(Answers(3, most=8).room(5)) is False
