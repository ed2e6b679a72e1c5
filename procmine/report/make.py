"""Make a report: carry it out, put it beside the last run, write it down, and tell."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from procmine.errors import UnavailableError
from procmine.report.account import history_of
from procmine.report.changes import BROKE, WORSE, Changes, compare
from procmine.report.deliver import deliver, receivers
from procmine.report.document import Configuration, read_configuration
from procmine.report.history import History
from procmine.report.pdf import check_pdf
from procmine.report.run import carry_out
from procmine.report.sentences import first_sentences
from procmine.report.write import clear, make_folder, write_outputs


class FailOn(StrEnum):
    """What makes a run fail."""

    BROKEN = "broken"
    WORSE = "worse"
    ANY = "any"


@dataclass(frozen=True)
class Made:
    """A report that was made.

    Attributes:
        changes: The run beside the last one.
        sentences: What it says first.
        files: What was written.
        notes: What else is to be said: deliveries, and what didn't work.
    """

    changes: Changes
    sentences: list[str]
    files: list[Path]
    notes: tuple[str, ...] = ()

    def fails(self, on: FailOn) -> bool:
        """Whether the run counts as failed.

        Args:
            on: `broken`: a check doesn't hold; `worse`: one doesn't that held in the last run, or
                misses its limit by more than then; `any`: one doesn't, or couldn't be tested.
        """
        if on is FailOn.WORSE:
            return bool(self.changes.of(BROKE, WORSE))
        untested = any(c.kept is None for c in self.changes.run.checks)
        return bool(self.changes.run.broken) or (on is FailOn.ANY and untested)


def make_report(path: Path, as_of: str | None = None) -> Made:
    """Make the report of a configuration; two runs of one never overlap.

    Args:
        path: The configuration.
        as_of: The date that its window ends at; the log's last day where not given.

    Raises:
        ConfigurationError: The configuration can't be used.
        InputError: The log can't be read, or the outputs can't be written.
        UnavailableError: Another run of it is under way, or something isn't installed.
    """
    configuration = read_configuration(path)
    folder = configuration.outputs.folder
    make_folder(folder)
    lock = FileLock(folder / f".{path.stem}.lock", timeout=0)
    try:
        with lock:
            return _made(path, configuration, as_of)
    except Timeout:
        raise UnavailableError(
            f"Another run of '{path.name}' is under way.", "Wait until it ends, and run it again."
        ) from None


def _made(path: Path, configuration: Configuration, as_of: str | None) -> Made:
    clear(configuration.outputs.folder)
    if configuration.outputs.pdf:
        check_pdf()
    told = receivers(configuration)
    place, folder = history_of(configuration, path)
    with History.open(place, folder) as history:
        found = carry_out(configuration, path.parent, as_of)
        number = history.add(found.run)
        changes = compare(found.run, history.before(configuration.name, number))
        outputs = configuration.outputs
        files = write_outputs(found, changes, outputs)
        places = {kind: outputs.folder / name for kind, name in outputs.named.items()}
        notes = deliver(told, changes, number, history, places)
    sentences = first_sentences(changes, found.log.meta.timezone)
    return Made(changes, sentences, files, tuple(notes))
