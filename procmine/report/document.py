"""The configuration of a report: what is asked of which log, what must hold, who is told."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from procmine.configuration import read_toml
from procmine.errors import nearest
from procmine.io.url import is_url
from procmine.registry import registered
from procmine.report.choice import Events, Journeys, Reading, Strict, Window, Zone, told
from procmine.report.cron import check_cron
from procmine.wording import parse_duration

VIOLATING = (".csv", ".parquet", ".xes", ".xes.gz")
"""The endings under which violating cases are written."""


def _analysis(name: str) -> str:
    plain = name.replace("-", "_")
    if plain not in registered():
        raise ValueError(f"there is no analysis '{name}'. {nearest(plain, registered())}")
    return plain


def _file_name(name: str) -> str:
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(f"'{name}' isn't the name of a file; the folder is said by outputs.folder")
    return name


AnalysisName = Annotated[str, AfterValidator(_analysis)]
FileName = Annotated[str, AfterValidator(_file_name)]
Cron = Annotated[str, AfterValidator(lambda text: told(lambda: check_cron(text)))]


class Question(Strict):
    """An analysis that the report shows, and the options it is asked with."""

    name: AnalysisName
    options: dict[str, Any] = Field(default_factory=dict[str, Any])


class Threshold(Strict):
    """A limit that a figure must keep.

    Attributes:
        name: What people call it.
        analysis: Whose figure it is.
        table: Its table.
        column: The figure.
        where: Column to value: the rows that are looked at, all of the table otherwise; the worst
            of them decides.
        at_most: The limit: a number, a share ("20 %") or a length of time ("12 days").
        at_least: The limit, likewise; one of the two is given.
        options: What the analysis is asked with; as the report shows it otherwise.
        owner: Who answers for it.
        severity: How bad it is if it doesn't hold.
    """

    name: str
    analysis: AnalysisName
    table: str
    column: str
    where: dict[str, str | int | float | bool] = Field(
        default_factory=dict[str, "str | int | float | bool"]
    )
    at_most: float | str | None = None
    at_least: float | str | None = None
    options: dict[str, Any] | None = None
    owner: str | None = None
    severity: Literal["low", "medium", "high"] = "medium"

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("give one of at_most and at_least")
        _ = self.limit
        return self

    @property
    def limit(self) -> float:
        """The limit as a number: seconds where it is a length of time, 0 to 1 where a share."""
        given = self.at_least if self.at_most is None else self.at_most
        if not isinstance(given, str):
            return float(given or 0)
        if given.strip().endswith("%"):
            try:
                return float(given.strip().removesuffix("%")) / 100
            except ValueError:
                raise ValueError(f"'{given}' isn't a share; write it as 20 %") from None
        return told(lambda: parse_duration(given)) / 1e6


class Outputs(Strict):
    """What is written, and where.

    Attributes:
        folder: Where it all goes, relative to the configuration; made where it isn't there.
        html: One page that needs nothing else.
        pdf: The same on paper (extra: report).
        json: All figures.
        junit: The checks as tests, for pipelines.
        violations: Files of the cases that break a rule; none unless asked.
    """

    folder: Path = Path()
    html: FileName | None = None
    pdf: FileName | None = None
    json_: Annotated[FileName | None, Field(alias="json")] = None
    junit: FileName | None = None
    violations: list[FileName] = Field(default_factory=list[str])

    @property
    def named(self) -> dict[str, str]:
        """The files that are written once, by their kind."""
        kinds = {"html": self.html, "pdf": self.pdf, "json": self.json_, "junit": self.junit}
        return {kind: name for kind, name in kinds.items() if name}

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [*self.named.values(), *self.violations]
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice is not None:
            raise ValueError(f"two outputs are called '{twice}'")
        for name in self.violations:
            if not name.endswith(VIOLATING):
                raise ValueError(f"'{name}' must end in one of {', '.join(VIOLATING)}")
        return self


class History(Strict):
    """Where runs are kept: the URL of a database, an SQLite file beside the outputs otherwise."""

    url: str | None = None


class Delivery(Strict):
    """Somebody who is told.

    Attributes:
        name: What the receiver is called; its address is never shown.
        url: An address as apprise writes it; `${NAME}` in it is taken from the environment.
        always: Tell every run, not only those in which something changed.
        attach: Which outputs go with it.
    """

    name: str
    url: str
    always: bool = False
    attach: list[Literal["html", "pdf", "json", "junit"]] = Field(
        default_factory=list[Literal["html", "pdf", "json", "junit"]]
    )


class Schedule(Strict):
    """When `procmine schedule` runs it: a cron expression of five fields, in a zone."""

    cron: Cron
    timezone: Zone = "UTC"


class Configuration(Strict):
    """A report.

    Attributes:
        name: What it is called; the history keeps runs under this name.
        owner: Who answers for what has no owner of its own.
        log: A prepared log, raw files, a mapping of several sources, or a database's URL.
        reading: How raw events are read.
        journeys: Which journeys are asked.
        events: Which events of them.
        window: The latest journeys alone.
        for_whom: The column that says whose journeys they are: segment, channel, … by default.
        analyses: What is shown; a map, cycle time, the ledger and handoffs by default.
        policy: A file of promises and rules.
        thresholds: Limits of figures.
        outputs: What is written.
        history: Where runs are kept.
        delivery: Who is told.
        schedule: When it runs.
    """

    name: Annotated[str, Field(min_length=1)]
    owner: str | None = None
    log: str | Annotated[list[str], Field(min_length=1)]
    reading: Reading = Reading()
    journeys: Journeys = Journeys()
    events: Events = Events()
    window: Window | None = None
    for_whom: str | None = None
    analyses: list[Question] = Field(
        default_factory=lambda: [
            Question(name=n) for n in ("process_map", "cycle_time", "ledger", "handoffs")
        ]
    )
    policy: Path | None = None
    thresholds: list[Threshold] = Field(default_factory=list[Threshold])
    outputs: Outputs = Outputs(html="report.html")
    history: History = History()
    delivery: list[Delivery] = Field(default_factory=list[Delivery])
    schedule: Schedule | None = None

    @model_validator(mode="after")
    def _names_apart(self) -> Self:
        for what in (self.thresholds, self.delivery):
            names = [each.name for each in what]
            twice = next((n for n in names if names.count(n) > 1), None)
            if twice is not None:
                raise ValueError(f"two entries are called '{twice}'")
        if self.outputs.violations and self.policy is None:
            raise ValueError("outputs.violations needs a policy whose rules can be broken")
        for receiver in self.delivery:
            missing = [kind for kind in receiver.attach if kind not in self.outputs.named]
            if missing:
                raise ValueError(f"'{receiver.name}' is sent {missing[0]}, which isn't written")
        return self


def read_configuration(path: Path) -> Configuration:
    """Read a report's configuration; paths in it are relative to it, and so they are returned.

    Raises:
        ConfigurationError: It can't be read, or a key can't be used.
    """
    found = read_toml(path, Configuration)
    folder = path.parent
    places = [found.log] if isinstance(found.log, str) else found.log
    whole = [p if is_url(p) or p.startswith("${") else str(folder / p) for p in places]
    outputs = found.outputs.model_copy(update={"folder": folder / found.outputs.folder})
    return found.model_copy(
        update={
            "log": whole[0] if isinstance(found.log, str) else whole,
            "policy": found.policy and folder / found.policy,
            "outputs": outputs,
        }
    )
