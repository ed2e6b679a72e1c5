"""Reads a log in a process of its own: it can be stopped, and its memory is given back.

Called with the log or its mapping, the log to make of it, where to put rows that were set aside,
and how figures are written; says on standard output how far it is and what went wrong, one JSON
object a line.
"""

import json
import sys

import procmine as pm
from procmine.errors import ProcmineError
from procmine.wording import Style, written

MOST_ASIDE = 200


def main(source: str, target: str, aside: str, group: str, decimal: str) -> None:
    """Read a raw log, or the sources of a mapping, into a prepared log.

    Args:
        source: The path of the log or of the mapping.
        target: The log's.
        aside: Where the first rows go that were set aside.
        group: What stands between thousands for who reads its sentences.
        decimal: What stands before the decimals for them.
    """
    with written(Style(group, decimal)):
        _read(source, target, aside)


def _read(source: str, target: str, aside: str) -> None:
    try:
        log = pm.read(source, into=target, memory="1GB", progress=_tell)
        if log.set_aside is not None:
            log.set_aside.head(MOST_ASIDE).collect().write_parquet(aside)
    except ProcmineError as error:
        _say(error=str(error))
        sys.exit(2)


def _tell(done: int, steps: int) -> None:
    _say(done=done, steps=steps)


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
