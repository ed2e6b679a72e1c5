"""The commands that write a prepared log: prepare, and append."""

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from procmine.appending import append as append_to
from procmine.cli.making import PANEL, Output
from procmine.cli.opening import Place, estimated, only_files, say, source_of
from procmine.cli.options import EstimateStarts, Protect, reads
from procmine.cli.progress import working
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.journeys.caveats import recovered
from procmine.keeping import check_name, replace_kept, restate
from procmine.on_spark import Settings, prepare_with_spark
from procmine.pseudonyms import read_key
from procmine.reading import read
from procmine.wording import count, number

SetAside = Annotated[
    Path | None,
    typer.Option(
        "--set-aside", metavar="FILE", help="write what couldn't be used here (.csv or .parquet)"
    ),
]


Pseudonyms = Annotated[
    Path | None,
    typer.Option(
        "--pseudonyms",
        metavar="KEYFILE",
        help="put pseudonyms for customers, cases, resources and identifiers, made with this key "
        "(16 to 64 bytes), which isn't kept",
    ),
]
PseudonymOf = Annotated[
    list[str] | None,
    typer.Option(
        "--pseudonym-of",
        metavar="COLUMN",
        help="for the names in this column instead; may be repeated",
    ),
]
Memory = Annotated[str, typer.Option(help="what preparing may use; a larger log is cut into parts")]


class Engine(StrEnum):
    """What prepares a log."""

    POLARS = "polars"
    SPARK = "spark"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (prepare, append):
        own = list(inspect.signature(command).parameters.values())[2:]
        summary = (command.__doc__ or "").split("\n", 1)[0]
        whole = reads(command, own, needs_paths=command is not prepare)
        app.command(command.__name__, help=summary, rich_help_panel=PANEL)(whole)


def prepare(
    paths: list[Place],
    settings: dict[str, Any],
    *,
    output: Output,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="MAPPING.toml",
            help="instead of LOG: several sources, joined into customers' journeys",
        ),
    ] = None,
    memory: Memory = "2GB",
    engine: Annotated[Engine, typer.Option(help="what prepares the log")] = Engine.POLARS,
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="where Spark runs: local[4], spark://host:7077, yarn, or sc://host:15002 "
            "for Spark Connect",
        ),
    ] = None,
    estimate: EstimateStarts = False,
    protect: Protect = None,
    pseudonyms: Pseudonyms = None,
    pseudonym_of: PseudonymOf = None,
    set_aside: SetAside = None,
) -> None:
    """Check, sort and encode raw events once; every question afterwards is fast."""
    check_set_aside(set_aside)
    paths = _sources(paths, mapping, engine)
    key = _key(pseudonyms, pseudonym_of, output, engine)
    with working(f"Preparing {output.name}") as tell:
        if key is not None:  # no name may lie there, even for a moment
            log = read(source_of(paths), **settings)
        elif engine is Engine.SPARK:
            log = prepare_with_spark(
                only_files(paths), output, Settings.of(settings), master=master
            )
        else:
            log = read(source_of(paths), **settings, into=output, memory=memory, progress=tell)
    say(log)
    _account(log, set_aside)
    kept = estimated(log) if estimate else log
    kept = kept.pseudonymise(key, columns=pseudonym_of) if key is not None else kept
    if kept is not log:
        replace_kept(output, kept)
    if kept.meta.pseudonyms:
        named = ", ".join(kept.meta.pseudonyms)
        typer.echo(f"Pseudonyms stand in {named}; all else is as it was.", err=True)
    if protect:
        restate(output, kept.protect(customers=protect))


def _key(
    path: Path | None, columns: list[str] | None, output: Path, engine: Engine
) -> bytes | None:
    """Read the key for pseudonyms, before the work begins; None where there are to be none.

    Raises:
        OptionError: Columns are named and no key, or the key can be guessed.
        InputError: The key can't be read.
        UnavailableError: The log is to be prepared on Spark.
    """
    if path is None:
        if columns:
            raise OptionError("Pseudonyms need a key.", "Give one: --pseudonyms KEYFILE.")
        return None
    if engine is Engine.SPARK:  # said before the names lie on disk
        raise UnavailableError(
            "Spark puts no pseudonyms into a log.",
            "Leave --engine out: the prepared log can be asked on Spark.",
        )
    check_name(output)
    return read_key(path)


def _sources(paths: list[Place], mapping: Path | None, engine: Engine) -> list[Place]:
    """Return what is prepared: the files, or the mapping that names them.

    Raises:
        OptionError: There is neither, or both.
        UnavailableError: Spark is asked to make journeys of several sources.
    """
    if mapping is not None and paths:
        raise OptionError("A mapping names its sources itself.", "Leave LOG or --mapping out.")
    if mapping is None and not paths:
        raise OptionError("There is nothing to prepare.", "Give files, or --mapping MAPPING.toml.")
    found: list[Place] = [mapping] if mapping is not None else paths
    if engine is Engine.SPARK and any(Path(p).suffix.lower() == ".toml" for p in found):
        raise UnavailableError(
            "Journeys from several sources can't be made on Spark.",
            "Leave --engine out: the prepared log can be asked on Spark.",
        )
    return found


def append(
    paths: list[Place],
    settings: dict[str, Any],
    *,
    memory: Memory = "2GB",
    set_aside: SetAside = None,
) -> None:
    """Add events, late ones too, to a prepared log: `procmine append LOG NEW…`."""
    check_set_aside(set_aside)
    log_path, new = only_files(paths[:1])[0], paths[1:]
    if not new:
        raise OptionError("There is nothing to add.", "Write: procmine append LOG NEW…")
    with working(f"Adding to {log_path.name}"):
        log = append_to(log_path, source_of(new), memory=memory, **settings)
    say(log)
    _account(log, set_aside)


def _account(log: EventLog, set_aside: Path | None) -> None:
    """Say what became of the rows."""
    quality = log.meta.quality
    rows, accepted, aside = (quality.get(k, 0) for k in ("rows_read", "accepted", "set_aside"))
    typer.echo(
        f"{count(rows, 'row')} read = {number(accepted)} accepted + {number(aside)} set aside.",
        err=True,
    )
    for reason, rows in quality.get("reasons", {}).items():
        if rows:
            typer.echo(f"  {reason}: {number(rows)}", err=True)
    if log.meta.identity:
        for sentence in recovered(log.meta.identity):
            typer.echo(sentence, err=True)
    if set_aside is not None:
        _write_set_aside(log.set_aside, set_aside)


_WRITERS: Mapping[str, Callable[[pl.LazyFrame, Path], Any]] = {
    ".csv": lambda rows, path: rows.sink_csv(path),
    ".parquet": lambda rows, path: rows.sink_parquet(path),
}


def check_set_aside(target: Path | None) -> None:
    """See that what is set aside can be written, before the work begins.

    Raises:
        OptionError: The name has another ending.
        InputError: The folder isn't there.
    """
    if target is None:
        return
    if target.suffix not in _WRITERS:
        raise OptionError(
            f"What was set aside can't be written as '{target.name}'.",
            "End the name in .csv or .parquet.",
        )
    if not target.parent.is_dir():
        raise InputError(f"The folder of '{target.name}' isn't there.", "Make it first.")


def _write_set_aside(rows: pl.LazyFrame | None, target: Path) -> None:
    beside = target.with_name(f".{target.name}.part")
    _WRITERS[target.suffix](rows if rows is not None else pl.LazyFrame(), beside)
    beside.replace(target)
