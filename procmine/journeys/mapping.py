"""The mapping: where events are, what their columns mean, and what makes a journey of them."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from procmine.configuration import read_toml
from procmine.errors import OptionError, nearest
from procmine.journeys.rules import JourneyType, Rules
from procmine.schema import CASE, JOURNEY_STATE, JOURNEY_TYPE, ROLES
from procmine.timestamps.zones import known_zone
from procmine.wording import parse_duration

_OURS: Final = frozenset({CASE, JOURNEY_TYPE, JOURNEY_STATE})
"""What is made here and so can't be said."""

SAID: Final = tuple(r.name for r in ROLES if r.name not in _OURS)
"""The roles that a source's columns may play."""

MOST_SHARED: Final = 20
"""An identifier seen with more others of one kind joins nobody, where the mapping doesn't say."""


def _zone(name: str) -> str:
    try:
        return known_zone(name)
    except OptionError as error:
        raise ValueError(str(error)) from None


def _length(text: str) -> str:
    try:
        parse_duration(text)
    except OptionError as error:
        raise ValueError(str(error)) from None
    return text


def _role(name: str) -> str:
    if name not in SAID:
        raise ValueError(f"there is no role '{name}'. {nearest(name, SAID)}")
    return name


def _column_role(name: str) -> str:
    return name if name == CASE else _role(name)


def _kind(name: str) -> str:
    if not name.strip() or name.startswith("_"):
        raise ValueError(f"'{name}' can't name a kind of identifier")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Length = Annotated[str, AfterValidator(_length)]
Role = Annotated[str, AfterValidator(_role)]
ColumnRole = Annotated[str, AfterValidator(_column_role)]
KindName = Annotated[str, AfterValidator(_kind)]
Word = str | int | float | bool
Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A table of the mapping; keys that it doesn't know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(Strict):
    """How identifiers of one kind are compared.

    Attributes:
        compare: As `text` (case and spaces folded), as a `phone` number, or as an `email` address.
        country_code: For phone numbers that are written without one.
        most_shared: With how many of this kind one identifier may be seen; as for all where not
            given. A kind that is the key of a journey has no bound: a customer may order often.
    """

    compare: Literal["text", "phone", "email"] | None = None
    country_code: Annotated[str, Field(pattern=r"^\d{1,3}$")] | None = None
    most_shared: Annotated[int, Field(ge=1)] | None = None


class Fuzzy(Strict):
    """Customers that are probably one, found by splink (extra: fuzzy).

    Attributes:
        columns: The columns that are compared, such as names and postcodes.
        threshold: The probability from which two are taken as one.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=2)]
    threshold: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class IdentityMapping(Strict):
    """Who is who.

    Attributes:
        most_shared: An identifier seen with more than so many others of one kind joins nobody.
        kinds: Kind of identifier to how it is compared.
        fuzzy: What is compared where identifiers don't tell.
    """

    most_shared: Annotated[int, Field(ge=1)] = MOST_SHARED
    kinds: dict[KindName, Kind] = Field(default_factory=dict[str, Kind])
    fuzzy: Fuzzy | None = None


class Source(Strict):
    """One system's events.

    Attributes:
        name: What it is called.
        path: A file, relative to the mapping.
        glob: Several files of one form.
        url: A database's address, with `query`.
        query: What it is asked.
        case_object: Of an OCEL 2.0 log, the type of object that is the customer.
        depth: How far it is looked for through related objects.
        timezone: The zone of times that name none.
        null_values: Texts that stand for a missing value.
        day_first: Whether 03/04 is the third of April.
        columns: Role to column; other roles are recognised by name. `case_id` may be named where
            the source tells the cases itself and is the only one.
        constants: Role to the text that it has on each event.
        values: Role to what the source says and what that is called here.
        identifiers: Kind of identifier to column.
        attributes: Name in the log to column, for columns without a role, whatever their name.
    """

    name: Annotated[str, Field(min_length=1)]
    path: str | None = None
    glob: str | None = None
    url: str | None = None
    query: str | None = None
    case_object: str | None = None
    depth: Annotated[int, Field(ge=0)] = 1
    timezone: Zone | None = None
    null_values: tuple[str, ...] = ()
    day_first: bool | None = None
    columns: dict[ColumnRole, str] = Field(default_factory=dict[str, str])
    constants: dict[Role, Word] = Field(default_factory=dict[str, Word])
    values: dict[Role, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    identifiers: dict[KindName, str] = Field(default_factory=dict[str, str])
    attributes: dict[str, str] = Field(default_factory=dict[str, str])

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [p for p in ("path", "glob", "url") if getattr(self, p) is not None]
        if len(places) != 1:
            raise ValueError("a source has one of path, glob and url")
        if (self.url is None) != (self.query is None):
            raise ValueError("url and query go together")
        both = [role for role in self.columns if role in self.constants]
        if both:
            raise ValueError(f"{both[0]} has a column and a constant")
        return self


def _listed(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


class Journey(Strict):
    """One kind of journey; see `procmine.journeys.rules.JourneyType`."""

    type: Annotated[str, Field(min_length=1)]
    triggers: Annotated[tuple[str, ...], Field(min_length=1)]
    outcomes: tuple[str, ...] = ()
    key: str | None = None
    activities: tuple[str, ...] = ()
    patience: Length | None = None
    reopens_within: Length | None = None

    _lists = field_validator("triggers", "outcomes", "activities", mode="before")(_listed)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = [a for a in self.triggers if a in self.outcomes]
        if both:
            raise ValueError(f"'{both[0]}' can't be trigger and outcome of one journey")
        return self

    def rule(self) -> JourneyType:
        """Return it as keying takes it."""
        return JourneyType(
            self.type,
            self.triggers,
            self.outcomes,
            self.key,
            self.activities,
            parse_duration(self.patience) if self.patience else None,
            parse_duration(self.reopens_within) if self.reopens_within else 0,
        )


class Mapping(Strict):
    """A whole mapping.

    Attributes:
        name: What the log is called.
        timezone: The zone shown to people, and that of times that name none.
        tolerance: The share of a source's events that may be set aside.
        customer_facing: The activities the customer takes part in.
        by_customer: The activities the customer does.
        identity: Who is who.
        sources: The systems' events.
        journeys: The kinds of journey; none where the only source tells the cases.
        outcomes: The activities that close a case, where the source tells the cases.
    """

    name: str | None = None
    timezone: Zone | None = None
    tolerance: Share = 0.05
    customer_facing: tuple[str, ...] = ()
    by_customer: tuple[str, ...] = ()
    identity: IdentityMapping = Field(default_factory=IdentityMapping)
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    journeys: tuple[Journey, ...] = ()
    outcomes: tuple[str, ...] = ()

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        twice = _twice([s.name for s in sources])
        if twice:
            raise ValueError(f"two sources are called '{twice}'")
        return sources

    @field_validator("journeys")
    @classmethod
    def _triggers_differ(cls, journeys: tuple[Journey, ...]) -> tuple[Journey, ...]:
        twice = _twice([j.type for j in journeys])
        if twice:
            raise ValueError(f"two kinds of journey are called '{twice}'")
        trigger = _twice([a for j in journeys for a in dict.fromkeys(j.triggers)])
        if trigger:
            raise ValueError(f"'{trigger}' opens two kinds of journey; it can open one")
        return journeys

    @model_validator(mode="after")
    def _one_way_to_cases(self) -> Self:
        if not self.knows_cases:
            if not self.journeys:
                raise ValueError(
                    "there is no [[journeys]]; say what opens and closes one, or name the column "
                    "of the case in [sources.columns] where the only source tells it"
                )
            if self.outcomes:
                raise ValueError("outcomes stand in [[journeys]]")
        elif len(self.sources) > 1:
            raise ValueError("case_id can be a column of the only source, and there are several")
        elif self.journeys or any(source.identifiers for source in self.sources):
            raise ValueError(
                "case_id says the cases, so [[journeys]] and identifiers have nothing to say"
            )
        return self

    @model_validator(mode="after")
    def _kinds_are_known(self) -> Self:
        known = self.kinds
        if self.knows_cases:
            return self
        if not known:
            raise ValueError(
                "no source has identifiers, so no customer can be recognised; say which columns "
                "hold them in [sources.identifiers]"
            )
        said = [(f"journeys[{i}].key", j.key) for i, j in enumerate(self.journeys) if j.key]
        said += [(f"identity.kinds.{kind}", kind) for kind in self.identity.kinds]
        wrong = next(((at, kind) for at, kind in said if kind not in known), None)
        if wrong:
            raise ValueError(
                f"{wrong[0]}: no source has an identifier '{wrong[1]}'. {nearest(wrong[1], known)}"
            )
        return self

    @property
    def knows_cases(self) -> bool:
        """Whether a source tells the cases, so that no journeys are made."""
        return any(CASE in source.columns for source in self.sources)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of identifier, sorted, so that the order of the sources doesn't matter."""
        return tuple(sorted({kind for s in self.sources for kind in identifiers_of(s)}))

    @cached_property
    def rules(self) -> Rules:
        """The kinds of journey as keying takes them."""
        return Rules(tuple(j.rule() for j in self.journeys))


def identifiers_of(source: Source) -> dict[str, str]:
    """Return a source's identifiers: kind to column; of an OCEL log its case where none is said."""
    if source.identifiers or source.case_object is None or CASE in source.columns:
        return source.identifiers
    return {source.case_object: CASE}


def _twice(names: list[str]) -> str | None:
    return next((n for i, n in enumerate(names) if n in names[:i]), None)


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping.

    Args:
        path: A TOML file.

    Raises:
        ConfigurationError: It can't be used; the key is named.
    """
    return read_toml(path, Mapping)
