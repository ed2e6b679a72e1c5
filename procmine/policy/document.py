"""The policy: what a company promises its customers, and the rules it gives itself, as TOML."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from procmine.configuration import read_toml
from procmine.errors import ConfigurationError, OptionError, nearest
from procmine.policy.kinds import KEYS, Kind, sentence
from procmine.policy.promises import Promise, read_promise
from procmine.wording import figure


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _kind(name: Any) -> Any:
    try:
        return Kind.named(str(name))
    except OptionError as error:
        raise ValueError(_lower(str(error))) from None


def _length(text: Any) -> Any:
    if isinstance(text, Promise):
        return text
    try:
        return read_promise(str(text))
    except OptionError as error:
        raise ValueError(_lower(str(error))) from None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Length = Annotated[Promise, BeforeValidator(_length)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    """A table of the policy; keys that it doesn't know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ServiceLevel(_Table):
    """A promise to customers.

    Attributes:
        name: What it is called.
        within: The time within which a journey closes: `12 days`, `60 business hours`.
        goal: The share of journeys that is to keep it.
        journey_type: The journeys it is made to; all where not given.
        segment: The segment it is made to; everybody where not given.
        department: The department that promises it of its own part of a journey, the work of its
            steps and the waits inside it; waits in handoffs count for no department. None: the
            whole journey, end to end.
        owner: Who answers for it.
    """

    name: Name
    within: Length
    goal: Share = 0.95
    journey_type: Name | None = None
    segment: Name | None = None
    department: Name | None = None
    owner: Name | None = None

    @property
    def sentence(self) -> str:
        """The promise as a person says it.

        Example:
            >>> ServiceLevel(name="p", within="12 days", goal=0.9, segment="Business").sentence
            '90 % of journeys close within 12 days (Business).'
        """
        scope = [s for s in (self.journey_type, self.segment) if s]
        who = f"{self.department} takes no longer than" if self.department else "close within"
        goal = f"{figure(self.goal * 100, '.4g')} % of journeys"
        said = f"In {goal} {who}" if self.department else f"{goal} {who}"
        return f"{said} {self.within.said}" + (f" ({', '.join(scope)})." if scope else ".")


class Rule(_Table):
    """A rule that journeys are to keep.

    Attributes:
        name: What it is called.
        kind: One of `procmine.policy.kinds.Kind`.
        sentence: The rule as a person says it; made from the rest where not given.
        severity: How bad it is to break it.
        owner: Who answers for it.
        tolerated_share: The share of journeys that may break it.
        journey_type: The journeys it holds for; all where not given.
        segment: The segment it holds for; all where not given.
        from_: From when on journeys must have begun for it to hold (`from` in the file).
        until: Before when they must have begun.
        activity: What it is about; of several any one.
        activities: What may not come together, or not by one person.
        first: What comes first; of several any one.
        then: What comes after it; of several any one.
        times: How often.
        within: In what time: `2 days`, `8 business hours`.
        departments: Who may do it.
        at_most: How many at most.

    Example:
        >>> Rule(name="checked", kind="precedence", first="Check", then="Confirm").sentence
        'Before Confirm comes Check.'
    """

    name: Name
    kind: Annotated[Kind, BeforeValidator(_kind)]
    sentence: str = ""
    severity: Literal["high", "medium", "low"] = "medium"
    owner: Name | None = None
    tolerated_share: Share = 0.0
    journey_type: Name | None = None
    segment: Name | None = None
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    activity: Names = ()
    activities: Names = ()
    first: Names = ()
    then: Names = ()
    times: Annotated[int, Field(ge=1)] | None = None
    within: Length | None = None
    departments: Names = ()
    at_most: Annotated[int, Field(ge=0)] | None = None

    @property
    def all_activities(self) -> frozenset[str]:
        """Every activity that it names."""
        return frozenset(self.activity + self.activities + self.first + self.then)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        keys, told = KEYS[self.kind], {k for k in _OWN if getattr(self, k) not in (None, ())}
        for key in keys.must:
            if key not in told:
                raise ValueError(f"a rule of the kind '{self.kind}' needs the key '{key}'")
        for key in sorted(told - {*keys.must, *keys.may}):
            takes = ", ".join(keys.must + keys.may)
            raise ValueError(f"a rule of the kind '{self.kind}' has no '{key}'; it takes {takes}")
        if bool(self.first) != bool(self.then):
            raise ValueError("'first' and 'then' go together")
        if both := set(self.first) & set(self.then):
            raise ValueError(f"'{min(both)}' is both 'first' and 'then'")
        if self.activities and len(set(self.activities)) < 2:
            raise ValueError("'activities' must name at least two")
        if self.from_ and self.until and self.from_ >= self.until:
            raise ValueError("'from' must lie before 'until'")
        if not self.sentence:
            object.__setattr__(self, "sentence", sentence(self))
        return self


_OWN = ("activity", "activities", "first", "then", "times", "within", "departments", "at_most")


class Segment(_Table):
    """What is known of a segment.

    Attributes:
        value: What a journey of it is worth.
    """

    value: float | None = None


class Policy(_Table):
    """A whole policy.

    Attributes:
        name: What it is called.
        calendar: A file of business hours, relative to the policy; absolute once it is read.
        promises: What customers are promised.
        rules: What journeys are to keep.
        segments: What is known of each segment.
        activities: Names that are right although a log may lack them; so the others.
        departments: Likewise.
        journey_types: Likewise.
    """

    name: str = ""
    calendar: Path | None = None
    promises: tuple[ServiceLevel, ...] = ()
    rules: tuple[Rule, ...] = ()
    segments: dict[Name, Segment] = Field(default_factory=dict[str, Segment])
    activities: Names = ()
    departments: Names = ()
    journey_types: Names = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [each.name for each in (*self.promises, *self.rules)]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two promises or rules are called '{name}'")
        return self

    def named(self) -> Iterator[tuple[str, str, str]]:
        """Say every name of the log that the policy uses: its key, what it names, the name."""
        for number, level in enumerate(self.promises):
            place = f"promises[{number}]"
            yield from _scope(level, place)
            if level.department:
                yield f"{place}.department", "department", level.department
        for number, rule in enumerate(self.rules):
            place = f"rules[{number}]"
            yield from _scope(rule, place)
            for key in ("activity", "activities", "first", "then"):
                yield from ((f"{place}.{key}", "activity", n) for n in getattr(rule, key))
            yield from ((f"{place}.departments", "department", n) for n in rule.departments)


def _scope(each: ServiceLevel | Rule, place: str) -> Iterator[tuple[str, str, str]]:
    if each.journey_type:
        yield f"{place}.journey_type", "journey_type", each.journey_type
    if each.segment:
        yield f"{place}.segment", "segment", each.segment


def read_policy(path: str | Path) -> Policy:
    r"""Read a policy from TOML.

    Args:
        path: The file.

    Returns:
        The policy; the path of its calendar is absolute.

    Raises:
        ConfigurationError: It can't be used; the key is named, and the nearest known name.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "policy.toml")
        ...     _ = file.write_text(
        ...         '[[rules]]\nname = "r"\nkind = "respons"\nfirst = "a"\nthen = "b"'
        ...     )
        ...     read_policy(file)
        Traceback (most recent call last):
        ...
        procmine.errors.ConfigurationError: In 'policy.toml', rules[0].kind: there is no kind of
        rule 'respons'. Did you mean 'response'?
    """
    policy = read_toml(path, Policy)
    if policy.calendar is None:
        return policy
    calendar = Path(path).resolve().parent / policy.calendar
    if not calendar.is_file():
        raise ConfigurationError(
            f"In '{Path(path).name}', calendar: there is no file '{policy.calendar}'.",
            "Name it relative to the policy.",
        )
    return policy.model_copy(update={"calendar": calendar})


def check_names(policy: Policy, known: dict[str, frozenset[str]], file: str) -> None:
    """Refuse a policy that names what neither the log nor the policy itself knows.

    Args:
        policy: The policy.
        known: The names in the log, by `activity`, `department`, `segment` and `journey_type`.
        file: What the policy is called in errors.

    Raises:
        ConfigurationError: The key, the name and the nearest known one.

    Example:
        >>> rule = Rule(name="r", kind="absence", activity="Refnud")
        >>> check_names(Policy(rules=(rule,)), {"activity": frozenset({"Refund"})}, "policy.toml")
        Traceback (most recent call last):
        ...
        procmine.errors.ConfigurationError: In 'policy.toml', rules[0].activity: 'Refnud' never
        occurs in the log. Did you mean 'Refund'? If it is right, add it to the policy:
        activities = ["Refnud"].
    """
    own = {
        "activity": policy.activities,
        "department": policy.departments,
        "segment": tuple(policy.segments),
        "journey_type": policy.journey_types,
    }
    for key, what, name in policy.named():
        names = known.get(what, frozenset()).union(own[what])
        if name not in names:
            where = f"In '{file}', {key}: '{name}' never occurs in the log."
            raise ConfigurationError(
                where,
                f"{nearest(name, sorted(names))} If it is right, add it to the policy: "
                f"{_DECLARED[what].format(name)}.",
            )


_DECLARED = {
    "activity": 'activities = ["{}"]',
    "department": 'departments = ["{}"]',
    "segment": '[segments."{}"]',
    "journey_type": 'journey_types = ["{}"]',
}
