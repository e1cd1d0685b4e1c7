"""Functions compiled once for all processes: kept beside their file, or where the user keeps such things."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import config


def compiled(function: Callable[..., Any]) -> Any:
    """The compiled function; it runs beside other threads.

    Numba keeps it beside its file, else in the user's cache folder; where neither can be written, in the home.
    """
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # Numba found no folder to write to.
        config.CACHE_DIR = str(Path(os.environ.get("BUREAU_HOME", "var")).resolve() / "compiled")
        return njit(cache=True, nogil=True)(function)
