"""One file per feed: what a department promises to deliver. A new feed: its file, a line in `feeds.py`, a factory."""

import warnings

# pandera looks for PySpark's pandas, which warns of a pandas it does not know; neither is used here.
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
