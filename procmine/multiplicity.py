"""P-values of several questions asked at once, adjusted for their number.

Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6 (1979); Benjamini & Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc.
B 57 (1995).
"""

import polars as pl


def holm(p_values: pl.Expr) -> pl.Expr:
    """Adjust so that a level bounds the chance of any false alarm, however the looks depend.

    Args:
        p_values: A column of p-values; null is a question that couldn't be asked.

    Example:
        >>> table = pl.DataFrame({"p_value": [0.04, 0.01, None, 0.03]})
        >>> table.select(holm(pl.col("p_value")))["p_value"].round(6).to_list()
        [0.06, 0.03, None, 0.06]
    """
    rising, place = _ranked(p_values)
    left = p_values.count() - pl.int_range(pl.len())
    adjusted = (rising * left).cum_max().clip(upper_bound=1.0)
    return adjusted.gather(place)


def benjamini_hochberg(p_values: pl.Expr) -> pl.Expr:
    """Adjust so that a level bounds the expected share of false alarms among all alarms.

    Args:
        p_values: A column of p-values, of looks that are independent or rise together; null is a
            question that couldn't be asked.

    Example:
        >>> table = pl.DataFrame({"p_value": [0.04, 0.01, None, 0.03]})
        >>> table.select(benjamini_hochberg(pl.col("p_value")))["p_value"].round(6).to_list()
        [0.04, 0.03, None, 0.04]
    """
    rising, place = _ranked(p_values)
    scaled = rising * p_values.count() / (pl.int_range(pl.len()) + 1)
    return scaled.cum_min(reverse=True).clip(upper_bound=1.0).gather(place)


def _ranked(p_values: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the p-values in rising order, and where each of them stands there."""
    return p_values.sort(nulls_last=True), p_values.rank("ordinal") - 1
