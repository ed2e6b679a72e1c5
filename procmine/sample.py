"""Sample logs: generated, of any size, with known effects planted in them."""

from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from procmine.errors import OptionError, nearest

SAMPLES: Final = {
    "airline": "an airline's trips, refunds and turnarounds, in the files of seven systems",
    "broadband": "a telecom's broadband orders and faults, in the files of five systems",
    "rental": "a car rental as an object-centric log (OCEL 2.0), with complaints and a survey",
}
"""The sample logs there are, each with what it is about."""

DEFAULT_SEED: Final = 1
"""The seed of the logs that are kept in the repository."""


class _Generator(Protocol):
    DEFAULT_EVENTS: int

    def write(self, output: Path, *, events: int, seed: int, null: bool) -> list[Path]: ...


def write_sample(
    name: str,
    *,
    events: int | None = None,
    seed: int = DEFAULT_SEED,
    null: bool = False,
    output: Path,
) -> list[Path]:
    """Write a sample log: the files of its systems, their mapping, and what was planted in them.

    Args:
        name: Which one, a key of `SAMPLES`.
        events: About how many events; the size of the log in the repository if not given.
        seed: Another number gives another log with the same kinds of effects in other sizes; the
            same number the same bytes. Not negative.
        null: Whether every effect is switched off, for trying that nothing is found where nothing
            is.
        output: The folder to write to, which is made if it isn't there. A file of the same name
            in it is replaced.

    Returns:
        The paths written, the mapping first.

    Raises:
        OptionError: No such sample, a size or seed that makes no sense, or a folder that can't be
            written to.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     [path.name for path in write_sample("broadband", events=50, output=Path(folder))]
        ['mapping.toml', 'calendars.toml', 'policy.toml', 'reasons.toml', 'shop.jsonl',
         'finance.sqlite',
         'warehouse.parquet', 'field.csv', 'crm.csv', 'truth_journeys.parquet', 'truth.json']
    """
    if name not in SAMPLES:
        raise OptionError(f"There is no sample log '{name}'.", nearest(name, SAMPLES))
    if events is not None and events < 1:
        raise OptionError(f"A log can't have {events} events.", "Give --events a number above 0.")
    if seed < 0:
        raise OptionError(f"The seed {seed} is negative.", "Give a seed of 0 or more.")
    generator = _generator(name)
    try:
        output.mkdir(parents=True, exist_ok=True)
        size = generator.DEFAULT_EVENTS if events is None else events
        return generator.write(output, events=size, seed=seed, null=null)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OptionError(
            f"The sample log can't be written to '{output}': {reason}.",
            "Give --output a folder that can be written to.",
        ) from error


def _generator(name: str) -> _Generator:
    """Import a log's generator: from the wheel, or from the repository beside the package."""
    try:
        return cast("_Generator", import_module(f"procmine._sample_logs.{name}"))
    except ModuleNotFoundError as error:
        if error.name != "procmine._sample_logs":
            raise
    return cast("_Generator", import_module(f"sample_logs.{name}"))
