"""Which of what was normal is broken now, by how many more journeys, and where."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from procmine import caveats
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.norms import declare, skeleton, temporal
from procmine.norms.figures import of_variants, places
from procmine.norms.norm import Norm, Stand
from procmine.norms.parts import Parts, parts
from procmine.norms.tables import Checked, tables
from procmine.policy.document import Rule
from procmine.policy.sequences import RULE, TRIGGERED, verdicts
from procmine.result import Result
from procmine.schema import EVENT_NUMBER, VARIANT
from procmine.spelling import ACTIVITIES, counted, spelled
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

DECLARE, SKELETON, TEMPORAL = "declare", "skeleton", "temporal"
METHODS: Final = (DECLARE, SKELETON, TEMPORAL)

_FEW: Final = 50
"""Fewer journeys than these show little of what is normal."""
_MOST_NOISE: Final = 1 / 3
"""With more, what was normal could contradict itself."""


class Asked(NamedTuple):
    """How what was normal is learned.

    Attributes:
        method: One of `METHODS`.
        noise: The share of the reference that may break a norm.
        support: The least share of the reference that a norm is asked of.
        zeta: How many standard deviations a time may lie from the mean.
    """

    method: str
    noise: float
    support: float
    zeta: float


def answer(
    log: EventLog,
    method: str,
    reference: Path | None,
    until: str | None,
    *,
    noise: float,
    support: float,
    zeta: float,
) -> Result:
    """Learn what was normal, and check what is now.

    Args:
        log: The event log.
        method: One of `METHODS`.
        reference: Another log that shows what is normal.
        until: The date before which the log's own journeys began that show it.
        noise: The share of the reference that may break a norm.
        support: The least share of the reference that a norm is asked of.
        zeta: How many standard deviations a time may lie from the mean.

    Raises:
        OptionError: An option makes no sense, or a part is empty.
        InputError: The reference can't be read.
    """
    asked = Asked(method, noise, support, zeta)
    _check(asked)
    found = parts(log, reference, until)
    checked = _by_times(found, asked) if method == TEMPORAL else _by_variants(found, asked)
    answered = tables(checked, protected=log.meta.protected is not None)
    return Result(
        "conformance",
        _headline(found, answered),
        (*_caveats(found, asked), *found.caveats, *caveats.open_unknown(log)),
        answered,
        chart_of=partial(_chart, before=found.before),
    )


def _check(asked: Asked) -> None:
    if asked.method not in METHODS:
        raise OptionError(f"There are no norms '{asked.method}'.", nearest(asked.method, METHODS))
    if not 0 <= asked.noise < _MOST_NOISE:
        raise OptionError(
            f"A noise of {asked.noise} would call normal what contradicts itself.",
            "Give a share below a third, such as 0.05 (noise, --noise).",
        )
    if not 0 <= asked.support <= 1:
        raise OptionError(
            f"A support of {asked.support} is no share.",
            "Give 0.1 or the like (support, --support).",
        )
    if asked.zeta <= 0:
        raise OptionError(
            f"{number(asked.zeta)} standard deviations allow nothing.",
            "Give 3 or the like (zeta, --zeta).",
        )


def _by_variants(found: Parts, asked: Asked) -> Checked:
    """Learn norms that variants decide."""
    normal, current = counted(found.normal), counted(found.current)
    names = sorted({a for ways in (normal, current) for a in ways["activities"].explode()})
    given = {"noise": asked.noise, "support": asked.support}
    if asked.method == DECLARE:
        rules = declare.learned(normal, names, **given)
        norms = [Norm(rule.kind.value, rule.sentence) for rule in rules]
        stands = [_by_rules(ways, rules) for ways in (normal, current)]
    else:
        relations = skeleton.learned(normal, names, **given)
        norms = [skeleton.norm(relation) for relation in relations]
        stands = [skeleton.stand(ways, names, relations) for ways in (normal, current)]
    return Checked(
        norms,
        of_variants(found.normal, normal, stands[0]),
        of_variants(found.current, current, stands[1]),
        places(found.current, current, stands[1]).join(
            current.select(VARIANT, ACTIVITIES), on=VARIANT
        ),
    )


def _by_rules(variants: pl.DataFrame, rules: Sequence[Rule]) -> Stand:
    """Say how variants stand to rules of a policy."""
    judged, broken = verdicts(variants, rules)
    in_order = variants.select(VARIANT).join(judged, on=VARIANT, maintain_order="left", how="left")
    asked = in_order.select(f"{TRIGGERED}{n}" for n in range(len(rules))).to_numpy()
    broken_at = np.zeros((variants.height, len(rules)), dtype=np.int64)
    row = variants.select(VARIANT, pl.int_range(pl.len()).alias("row"))
    places = broken.join(row, on=VARIANT)
    broken_at[places["row"].to_numpy(), places[RULE].to_numpy()] = places[EVENT_NUMBER].to_numpy()
    return Stand(asked.astype(bool).reshape(broken_at.shape), broken_at)


def _by_times(found: Parts, asked: Asked) -> Checked:
    """Learn between what bounds times lie."""
    bounds = temporal.learned(found.normal, support=asked.support, zeta=asked.zeta)
    normal, _ = temporal.figures(found.normal, bounds)
    current, worst = temporal.figures(found.current, bounds)
    seconds = {
        "mean_seconds": pl.col(temporal.MEAN),
        "std_seconds": pl.col(temporal.STD),
        "from_seconds": pl.col(temporal.LOW).clip(lower_bound=0),
        "to_seconds": pl.col(temporal.HIGH),
    }
    where = temporal.places(worst).join(spelled(found.current), on=VARIANT)
    extra = bounds.select((each / 1e6).alias(name) for name, each in seconds.items())
    return Checked(temporal.norms(bounds), normal, current, where, extra, worst)


def _headline(found: Parts, answered: Mapping[str, pl.DataFrame]) -> str:
    norms, row = answered["norms"], answered["summary"].row(0, named=True)
    if norms.is_empty():
        return (
            f"What was normal {found.before} {count(row['reference_cases'], 'journey')} don't show."
        )
    then, now = share(row["reference_share"]), share(row["share"])
    journeys = count(row["cases"], "journey")
    was = f"what was normal {found.before}"
    fact = f"{found.since} {now} of {journeys} break {was}, where {then} {found.did}"
    worst = norms.row(0, named=True)
    if not worst["more"]:
        return f"{fact}; of {count(norms.height, 'norm')} none is surely broken more often."
    number = int(norms["more"].sum())
    more = f"{number} of {count(norms.height, 'norm')} {'is' if number == 1 else 'are'} broken more"
    return (
        f"{fact}; {more} often, most of all this: {worst['norm'][:-1]} "
        f"({share(worst['share'])} break it, {share(worst['reference_share'])} {found.did})."
    )


def _caveats(found: Parts, asked: Asked) -> list[str]:
    """Say what learned norms can't."""
    journeys = count(found.normal.size[1], "journey")
    fact = f"Learned from {journeys}: what was usual isn't therefore right"
    sentences = [f"{fact}; put what is meant to hold into a policy (policy, --policy)."]
    if found.normal.size[1] < _FEW:
        sentences.append(f"{journeys} show little of what is normal.")
    if asked.method == TEMPORAL:
        bound = (
            f"times lie within {number(asked.zeta)} standard deviations of the mean (zeta, --zeta)"
        )
    else:
        bound = f"at most {share(asked.noise)} of them break it (noise, --noise)"
    concerns = (
        f"Normal is what concerns at least {share(asked.support)} of the reference's journeys"
    )
    return [*sentences, f"{concerns} (support, --support) and where {bound}.", _SURE]


_SURE: Final = (
    "That a norm is broken more often is said where it is sure at 5 % for all norms together "
    "(Holm), beside the upper end of the reference's interval; customers are the units."
)


def _chart(result: Result, before: str, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.norms import norm_bars

    return norm_bars(result.norms, before=before, **options)
