"""Journeys from the systems of every silo: who is who, and what belongs together.

`mapping` says where events are and what they mean; `identity` finds the events of one customer;
`keying` makes journeys of them, from trigger to outcome.
"""

from pathlib import Path

from procmine.eventlog import EventLog
from procmine.prepare.buckets import Progress, silent


def read_sources(
    path: str | Path,
    *,
    into: str | Path | None = None,
    memory: str = "2GB",
    progress: Progress = silent,
) -> EventLog:
    r"""Read the systems of every silo, recover the customers, and make their journeys.

    Args:
        path: The mapping, a TOML file: where the events are, what their columns mean, which
            identifiers they carry, and what opens and closes a journey.
        into: Where to keep the prepared log, a name ending in `.parquet`: events that don't fit
            in memory are prepared straight into it, as a folder of parts.
        memory: What preparing into it may use.
        progress: Called with (steps done, steps in all) while it is prepared into its place.

    Returns:
        The prepared log. Its cases are journeys (`journey_type`, `journey_state`); events of a
        customer outside any journey are a case of their own, and so is each event whose customer
        no identifier tells. No event is lost: over all sources rows read = accepted + set aside.

    Raises:
        ConfigurationError: The mapping can't be used; the key is named.
        InputError: A source can't be used, or an identifier joins a tenth of all customers.

    Example:
        >>> import tempfile
        >>> mapping = '''
        ... [[sources]]
        ... name = "shop"
        ... path = "shop.csv"
        ... [sources.identifiers]
        ... customer = "who"
        ... [[journeys]]
        ... type = "order to delivery"
        ... triggers = ["order"]
        ... outcomes = ["deliver"]
        ... '''
        >>> rows = "who,activity,time\n7,order,2026-01-05 09:00\n7,deliver,2026-01-06 09:00\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "shop.csv").write_text(rows)
        ...     _ = Path(folder, "shop.toml").write_text(mapping)
        ...     read_sources(f"{folder}/shop.toml").cases.collect()["case_id"].to_list()
        ['C000001-1']
    """
    from procmine.journeys.reading import read_mapped

    return read_mapped(Path(path), into=into, memory=memory, progress=progress)
