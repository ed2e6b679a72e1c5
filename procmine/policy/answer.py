"""What a policy says of a log: which rules are kept, which are broken, where and by whom."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.business import open_calendars, said
from procmine.clustered import of_sums, sureness
from procmine.collecting import collect_all
from procmine.errors import ConfigurationError
from procmine.eventlog import EventLog
from procmine.policy.check import check
from procmine.policy.document import Policy, Rule, check_names, read_policy
from procmine.policy.people import NEEDS
from procmine.policy.sequences import EVIDENCE, RULE
from procmine.policy.watched import UNIT
from procmine.result import HIGH, LOW, Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    DEPARTMENT,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    SEGMENT,
    VARIANT,
)
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.calendars import Calendars

_SEVERITIES: Final = ("high", "medium", "low")


def answer(log: EventLog, path: Path, calendar: Path | None) -> Result:
    """Check the rules of a policy on a log.

    Args:
        log: The event log.
        path: The policy.
        calendar: A file of business hours; the policy's own if not given.

    Raises:
        ConfigurationError: The policy can't be used, or names what nobody knows.
        UnavailableError: A rule counts business time, and the log isn't on Polars.
    """
    policy = read_policy(path)
    if not log.meta.selection:  # a part of a log lacks names that are right
        check_names(policy, names(log), Path(path).name)
    calendars = _calendars(log, policy, calendar, Path(path).name)
    checked = check(log, policy.rules, calendars)
    rules = _rules(policy.rules, checked.counts)
    violations = _violations(rules, checked.violations)
    return Result(
        "conformance",
        _headline(rules, policy.name or Path(path).stem),
        (
            *_undecided(rules),
            *_untested(log, policy.rules, rules),
            *_unknown(log, policy.rules),
            *caveats.open_unknown(log),
            *said(calendars, [None]),
        ),
        {
            "rules": rules,
            "violations": violations.drop("customer"),
            "deviations": _deviations(rules, violations, checked.variants),
        },
        chart_of=partial(_chart),
        broken=tuple(rules.filter(~pl.col("kept"))["rule"]),
    )


def names(log: EventLog) -> dict[str, frozenset[str]]:
    """Return the names that occur, by what they name."""
    columns = [c for c in (ACTIVITY, DEPARTMENT, SEGMENT, JOURNEY_TYPE) if c in log.columns]
    found = collect_all(*(log.table.select(c).unique() for c in columns))
    return {
        column: frozenset(frame[column].cast(pl.String).drop_nulls())
        for column, frame in zip(columns, found, strict=True)
    }


def _calendars(
    log: EventLog, policy: Policy, calendar: Path | None, file: str
) -> "Calendars | None":
    """Read the calendar, if a rule counts business time."""
    business = [r for r in policy.rules if r.within and r.within.business]
    if not business:
        return None
    calendars = open_calendars(log, calendar or policy.calendar)
    if calendars is None or calendars.of(None) is None:
        raise ConfigurationError(
            f"In '{file}', the rule '{business[0].name}' counts business time, and no calendar "
            "says when that is for everybody.",
            'Name one, calendar = "calendars.toml", that has [departments."*"].',
        )
    return calendars


def _rules(rules: Sequence[Rule], counts: pl.DataFrame) -> pl.DataFrame:
    """Put the figures beside the rules, and say which are kept."""
    told = pl.DataFrame(
        [(r.name, r.kind.value, r.sentence, r.severity, r.owner, r.tolerated_share) for r in rules],
        schema={
            "rule": pl.String,
            "kind": pl.String,
            "sentence": pl.String,
            "severity": pl.String,
            "owner": pl.String,
            "tolerated_share": pl.Float64,
        },
        orient="row",
    )
    figures = of_sums(told.hstack(counts))
    tested = pl.col("cases") > 0
    return sureness(figures, "tolerated_share").select(
        *("rule", "kind", "cases", "customers", "violations", "share"),
        *(pl.when(tested).then(end + "share").alias(end + "share") for end in (LOW, HIGH)),
        *("tolerated_share", (pl.col("share") <= pl.col("tolerated_share")).alias("kept")),
        *("undecided_cases", "severity", "owner", "sentence"),
    )


def _violations(rules: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Say each violation by its rule's name, the rules in their order."""
    if found.is_empty():
        return pl.DataFrame(schema=_VIOLATIONS)
    names = dict(enumerate(rules["rule"]))
    return found.with_columns(
        pl.col(RULE).replace_strict(names, return_dtype=pl.String).alias("rule")
    ).select(
        *("rule", CASE, "at", DEPARTMENT, EVIDENCE, EVENT_NUMBER, VARIANT),
        pl.col(UNIT).alias("customer"),
    )


_VIOLATIONS: Final = {
    "rule": pl.String,
    CASE: pl.String,
    "at": pl.Datetime("us", "UTC"),
    DEPARTMENT: pl.String,
    EVIDENCE: pl.String,
    EVENT_NUMBER: pl.Int64,
    VARIANT: pl.Int64,
    "customer": pl.Int64,
}


def _deviations(
    rules: pl.DataFrame, violations: pl.DataFrame, variants: pl.DataFrame
) -> pl.DataFrame:
    """Count the journeys that break each rule by the department where, and by variant."""
    keys = ["rule", DEPARTMENT, VARIANT]
    counted = violations.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col("customer").n_unique().cast(pl.Int64).alias("customers"),
    )
    whole = rules.select("rule", pl.col("violations").alias("whole"))
    return (
        counted.join(whole, on="rule")
        .with_columns((pl.col("cases") / pl.col("whole")).alias("share"))
        .drop("whole")
        .join(variants, on=VARIANT, how="left")
        .sort("cases", *keys, descending=[True, False, False, False], nulls_last=True)
    )


def _headline(rules: pl.DataFrame, name: str) -> str:
    tested, broken = rules.filter(pl.col("kept").is_not_null()), rules.filter(~pl.col("kept"))
    if rules.is_empty():
        return f"The policy {name} has no rules."
    if tested.is_empty():
        return f"No journey says anything of the {count(rules.height, 'rule')} of {name}."
    if broken.is_empty():
        every = "All" if tested.height == rules.height else f"{tested.height} of {rules.height}"
        return f"{every} {'rules' if rules.height > 1 else 'rule'} of {name} are kept."
    worst = broken.sort(
        pl.col("severity").replace_strict({s: n for n, s in enumerate(_SEVERITIES)}),
        pl.col("share") - pl.col("tolerated_share"),
        descending=[False, True],
        maintain_order=True,
    ).row(0, named=True)
    of_all = f"{broken.height} of {count(rules.height, 'rule')} of {name}"
    return (
        f"{of_all} {'is' if broken.height == 1 else 'are'} broken; first to look at: "
        f"{worst['rule']}, which {share(worst['share'])} of "
        f"{count(worst['cases'], 'journey')} break ({_tolerated(worst['tolerated_share'])})."
    )


def _tolerated(tolerated: float) -> str:
    return f"{share(tolerated)} may" if tolerated else "none may"


def _undecided(rules: pl.DataFrame) -> list[str]:
    open_ = rules.filter(pl.col("undecided_cases") > 0)
    if open_.is_empty():
        return []
    most = open_.sort("undecided_cases", descending=True).row(0, named=True)
    fact = (
        f"Open journeys that break {count(open_.height, 'rule')} unless more comes aren't counted"
    )
    most_ = f"there (at most {number(most['undecided_cases'])}, of {most['rule']})"
    return [f"{fact} {most_}; those that keep a rule so far are."]


def _untested(log: EventLog, rules: Sequence[Rule], table: pl.DataFrame) -> list[str]:
    """Name the rules that nothing was asked of, and the columns that some of them lack."""
    names = table.filter(pl.col("kept").is_null())["rule"].to_list()
    sentences: list[str] = []
    if names:
        fact = "No journey is asked for anything by"
        sentences.append(f"{fact} {', '.join(names)}: untested, not kept.")
    lacking = {n for r in rules if (n := NEEDS.get(r.kind)) and n not in log.columns}
    sentences += (
        f"The log names no {column}, without which some rules can't be tested; read it with the "
        f"column that holds it ({column}, --{column})."
        for column in sorted(lacking)
    )
    return sentences


def _unknown(log: EventLog, rules: Sequence[Rule]) -> list[str]:
    """Say how many events can't be tested, since nobody knows whose they are."""
    parts: list[tuple[str, nw.LazyFrame[Any]]] = []
    for rule in rules:
        column, names = NEEDS.get(rule.kind), rule.activity + rule.activities
        if column is None or column not in log.columns or not names:
            continue
        of_rule = nw.any_horizontal(*(nw.col(ACTIVITY) == n for n in names), ignore_nulls=True)
        unknown = log.table.filter(of_rule & nw.col(column).is_null())
        parts.append((f"{rule.name}: {{}} without a {column}", unknown.select(nw.len())))
    found = collect_all(*(table for _, table in parts)) if parts else []
    numbers = [(words, frame.item()) for (words, _), frame in zip(parts, found, strict=True)]
    said_ = [words.format(count(number, "event")) for words, number in numbers if number]
    return [f"What nobody did breaks no rule. {'; '.join(said_)}."] if said_ else []


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.rules import rule_bars

    return rule_bars(result.rules, **options)
