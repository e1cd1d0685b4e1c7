"""Settings of a deployment, read once at the edge and passed down."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bureau.clock import SHANGHAI, now, shanghai_day
from bureau.errors import InvalidInput


class Settings(BaseSettings):
    """Environment variables `BUREAU_*`, or the same names in `.env`. Raises `InvalidInput` naming the wrong one."""

    model_config = SettingsConfigDict(env_prefix="BUREAU_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path("var")
    """Everything the platform writes."""
    database_url: str | None = None
    """PostgreSQL (`postgresql+psycopg://...`); unset means two SQLite files under the home."""
    redis_url: str | None = None
    """Redis (`redis://HOST:6379/0`) that keeps limits for several processes; unset means each keeps its own."""
    today: date | None = None
    """Dates feature reads; consent, tokens, billing and audit always use real time."""
    spark_master: str = "local[2]"
    """Where Spark computes: `local[N]`, or the address of a master, e.g. `spark://HOST:7077`."""
    public_url: str | None = None
    """Where callers reach the server (`https://HOST`) when a proxy stands before it; assertions and pages name it."""
    font_dir: Path | None = None
    """A folder with a Chinese font for prints, where the machine has none."""
    release_key: SecretStr | None = None
    """The secret of whoever answers for a model, for commands with `--by`; unset means it is asked for."""
    secret_key: SecretStr | None = None
    """Signs console sessions; unset means a random key kept in the home."""

    webhooks_local: bool = False
    """Lets webhooks go to this machine and without TLS, for trying them out."""

    metrics_token: SecretStr | None = None
    """Whoever shows it reads `/metrics`; unset means this machine alone does."""

    jobs: Literal["here", "apart"] = "here"
    """Whether a server does the recurring works itself, or leaves them to `bureau worker`."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as problem:
            wrong = problem.errors()[0]
            name = f"BUREAU_{wrong['loc'][0]}".upper()
            said = "write a day as YYYY-MM-DD" if wrong["type"].startswith("date") else wrong["msg"]
            raise InvalidInput(f"{name} cannot be {wrong['input']!r}: {said}.") from problem

    @property
    def feature_day(self) -> date:
        """The day features are read as of: `BUREAU_TODAY`, or the present day in Shanghai."""
        return self.today or shanghai_day(now())

    @property
    def present(self) -> datetime:
        """From when readers learn of an act: now, or in a home that lives on another day the start of that day."""
        return now() if self.today is None else datetime.combine(self.today, time(), SHANGHAI)

    @property
    def catalogue_url(self) -> str:
        """Address of the lake's catalogue: a file of its own on SQLite (design D7)."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'catalogue.db'}"

    @property
    def ledger_url(self) -> str:
        """Address of the ledger."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'ledger.db'}"

    @property
    def mlruns(self) -> Path:
        """Where mlflow writes: the repository's folder with the default home, else a folder of the home."""
        return Path("mlruns") if self.home == Path("var") else self.home / "mlruns"
