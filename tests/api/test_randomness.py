"""Random bytes are given out once: across threads, sizes and a fork."""

import os
from concurrent.futures import ThreadPoolExecutor

from api.randomness import random_bytes


def test_no_bytes_are_given_twice() -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: random_bytes(12), range(5_000)))
    assert {len(one) for one in given} == {12}
    assert len(set(given)) == 5_000


def test_more_than_is_fetched_at_once_is_given_whole() -> None:
    assert len(random_bytes(10_000)) == 10_000


def test_a_forked_process_has_its_own() -> None:
    random_bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, random_bytes(16))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 16) != random_bytes(16)
