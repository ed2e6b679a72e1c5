"""Token replay: how variants fit a net by the tokens that are missing and remain."""

import polars as pl

from procmine.mining.net import Net


def replayed(net: Net, ways: pl.DataFrame, *, end: float) -> pl.DataFrame:
    """Replay variants, the commonest first.

    Args:
        net: The model.
        ways: `variant, activities, cases, share`.
        end: When to stop, on the clock of `time.monotonic`.

    Returns:
        The variants with `solved, fits, fitness_low, fitness_high`: 0 and 1 where the time was
        over.
    """
    from procmine.mining.pm4py import replay

    found = replay(net, ways["activities"].to_list(), end=end)
    return ways.with_columns(
        pl.Series("solved", [f is not None for f in found], pl.Boolean),
        pl.Series("fits", [f.fits if f else None for f in found], pl.Boolean),
        pl.Series("fitness_low", [f.fitness if f else 0.0 for f in found], pl.Float64),
        pl.Series("fitness_high", [f.fitness if f else 1.0 for f in found], pl.Float64),
    )


def replay_summary(table: pl.DataFrame) -> pl.DataFrame:
    """Sum up what `replayed` returns: the columns that alignments have, as far as they apply."""
    cases, whole = pl.col("cases"), pl.col("cases").sum()

    def part(condition: pl.Expr, name: str) -> pl.Expr:
        return (cases.filter(condition).sum() / whole).alias(name)

    return table.select(
        whole.alias("cases"),
        pl.len().cast(pl.Int64).alias("variants"),
        part(pl.col("solved"), "solved_share"),
        part(pl.col("fits").fill_null(False), "fitting_share"),
        part(pl.col("fits").fill_null(True), "fitting_share_high"),
        *(
            ((cases * pl.col(f"fitness_{end}")).sum() / whole).alias(f"average_fitness_{end}")
            for end in ("low", "high")
        ),
    )
