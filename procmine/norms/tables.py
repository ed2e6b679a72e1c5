"""The tables of learned norms: what was learned, and how it is kept then and now."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

from procmine.clustered import of_sums, sureness
from procmine.multiplicity import holm
from procmine.norms import temporal
from procmine.norms.figures import NORM, Figures
from procmine.norms.norm import Norm
from procmine.result import HIGH, LOW
from procmine.schema import CASE, DEPARTMENT, EVENT_NUMBER, VARIANT

REFERENCE: Final = "reference_"
"""What precedes the name of a figure of the reference."""

_ALPHA: Final = 0.05


class Checked(NamedTuple):
    """Norms, and how journeys stand to them.

    Attributes:
        norms: What was learned.
        normal: How the reference stands to it.
        current: How the journeys that are checked do.
        deviations: `norm, department, variant, activities, cases, customers`: where journeys break
            each.
        extra: More columns of the norms.
        violations: Of single journeys: `norm, case_id, at, department, took_us, event_number,
            variant`.
    """

    norms: Sequence[Norm]
    normal: Figures
    current: Figures
    deviations: pl.DataFrame
    extra: pl.DataFrame | None = None
    violations: pl.DataFrame | None = None


def tables(checked: Checked, *, protected: bool) -> dict[str, pl.DataFrame]:
    """Say what was learned, and how it is kept then and now.

    Args:
        checked: Norms, and how journeys stand to them.
        protected: Whether the fewer of then's and now's customers are counted behind a row.
    """
    found = {
        "summary": _summary(checked, protected=protected),
        "norms": _norms(checked, protected=protected),
    }
    if checked.violations is not None:
        found["violations"] = _violations(checked.norms, checked.violations)
    return found | {"deviations": _deviations(checked, found["norms"]["norm"])}


def _norms(checked: Checked, *, protected: bool) -> pl.DataFrame:
    """Put what was learned beside how it is kept then and now, what changed most first."""
    told = pl.DataFrame(
        [(n.sentence, n.kind) for n in checked.norms],
        schema={"norm": pl.String, "kind": pl.String},
        orient="row",
    )
    then = _shares(checked.normal.shares, goal=0.0).rename(_of_reference)
    now = checked.current.shares.with_columns(then[_of_reference(HIGH + "share")].alias("goal"))
    figures = _figures(now)
    more = holm(pl.col("p_over")) <= _ALPHA
    columns = [told, figures, then, *([] if checked.extra is None else [checked.extra])]
    table = pl.concat(columns, how="horizontal").with_columns(more.fill_null(False).alias("more"))
    expected = pl.col(_of_reference("share")).fill_null(0) * pl.col("cases")
    grown = pl.col("violations") - expected  # journeys, so that the many go before the few
    extra = [] if checked.extra is None else checked.extra.columns
    return table.sort("more", grown, "norm", descending=[True, True, False]).select(
        *("norm", "cases", _customers(protected=protected)),
        *("violations", "share", LOW + "share", HIGH + "share"),
        *(_of_reference(c) for c in ("cases", "share", LOW + "share", HIGH + "share")),
        *("more", *extra, "kind"),
    )


def _of_reference(name: str) -> str:
    """Name a figure of the reference; the ends of an interval keep what tells them."""
    for end in (LOW, HIGH):
        if name.startswith(end):
            return f"{end}{REFERENCE}{name.removeprefix(end)}"
    return REFERENCE + name


def _customers(*, protected: bool) -> pl.Expr:
    """Count the customers behind a row: where they are protected, the fewer of then and now."""
    if not protected:
        return pl.col("customers")
    then = pl.col(_of_reference("customers"))
    now = pl.col("customers")
    return pl.when(now > 0).then(pl.min_horizontal(now, then)).otherwise(then).alias("customers")


def _shares(sums: pl.DataFrame, goal: float) -> pl.DataFrame:
    return _figures(sums.with_columns(pl.lit(goal).alias("goal"))).drop("p_over")


def _figures(sums: pl.DataFrame) -> pl.DataFrame:
    """Turn sums over customers into shares with intervals: `cases, customers, violations, …`."""
    found = sureness(of_sums(sums), "goal")
    asked = pl.col("cases") > 0
    ends = [pl.when(asked).then(c).alias(c) for c in (LOW + "share", HIGH + "share", "p_over")]
    return found.select("cases", "customers", "violations", "share", *ends)


def _summary(checked: Checked, *, protected: bool) -> pl.DataFrame:
    then = _shares(checked.normal.whole, goal=0.0).rename(_of_reference)
    now = _shares(checked.current.whole, goal=0.0)
    table = pl.concat([now, then], how="horizontal")
    return table.select(
        pl.lit(len(checked.norms), pl.Int64).alias("norms"),
        *("cases", _customers(protected=protected)),
        pl.col("violations").alias("deviating_cases"),
        *("share", LOW + "share", HIGH + "share"),
        *(_of_reference(c) for c in ("cases", "share", LOW + "share", HIGH + "share")),
    )


def _violations(norms: Sequence[Norm], worst: pl.DataFrame) -> pl.DataFrame:
    return worst.select(
        _sentences(norms).alias("norm"),
        *(CASE, "at", DEPARTMENT),
        (pl.col(temporal.TOOK) / 1e6).alias("took_seconds"),
        *(EVENT_NUMBER, VARIANT),
    )


def _sentences(norms: Sequence[Norm]) -> pl.Expr:
    said = dict(enumerate(norm.sentence for norm in norms))
    return pl.col(NORM).replace_strict(said, return_dtype=pl.String)


def _deviations(checked: Checked, ranked: pl.Series) -> pl.DataFrame:
    """Count the journeys that break each norm by the department where, and by variant."""
    keys = ["norm", DEPARTMENT, VARIANT]
    whole = pl.col("cases").sum().over(NORM)
    rank = {norm: place for place, norm in enumerate(ranked)}
    place = pl.col("norm").replace_strict(rank, return_dtype=pl.Int64)
    return (
        checked.deviations.with_columns((pl.col("cases") / whole).alias("share"))
        .with_columns(_sentences(checked.norms).alias("norm"))
        .select(*keys, "cases", "customers", "share", "activities")
        .sort(place, "cases", *keys[1:], descending=[False, True, False, False], nulls_last=True)
    )
