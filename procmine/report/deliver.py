# pyright: reportUnknownMemberType=false
"""Tell people by e-mail, Slack, Teams or webhook: when something changed, or always if asked."""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from procmine.configuration import environment
from procmine.errors import ConfigurationError, UnavailableError
from procmine.report.changes import BROKE, BROKEN, KEPT, MENDED, UNTESTED, WORSE, Changes
from procmine.report.document import Configuration, Delivery
from procmine.report.history import History
from procmine.report.sentences import first_sentences, stands
from procmine.wording import count

if TYPE_CHECKING:
    from apprise import Apprise

_PATIENCE: Final = 60
"""Seconds that a receiver may take."""
_LISTED: Final = 12
"""Checks that a message lists."""


def receivers(configuration: Configuration) -> list[tuple[Delivery, "Apprise"]]:
    """Understand every receiver's address, before the work begins; nothing is sent.

    Raises:
        ConfigurationError: An address can't be read, or takes a variable that isn't set.
        UnavailableError: apprise isn't installed.
    """
    return [
        (receiver, _address(receiver, f"delivery[{at}].url"))
        for at, receiver in enumerate(configuration.delivery)
    ]


def _address(receiver: Delivery, key: str) -> "Apprise":
    try:
        from apprise import Apprise
    except ImportError:
        raise UnavailableError(
            "Messages need apprise, and it isn't installed.", "Install procmine[report]."
        ) from None
    logging.getLogger("apprise").addHandler(logging.NullHandler())
    address = Apprise()
    if not address.add(_filled(receiver.url, key)):
        raise ConfigurationError(
            f"{key}: the address of '{receiver.name}' can't be read.",
            "Write it as apprise does: mailtos://user:${PASSWORD}@host?to=…, slack://…, json://….",
        )
    return address


def _filled(text: str, key: str) -> str:
    """Put in what the environment holds: as it is where it is the whole address, else quoted."""
    whole = re.fullmatch(r"\$\{(\w+)\}", text)
    if whole:
        return environment(whole[1], key)
    return re.sub(r"\$\{(\w+)\}", lambda found: quote(environment(found[1], key), safe=""), text)


def deliver(
    told: Sequence[tuple[Delivery, "Apprise"]],
    changes: Changes,
    number: int,
    history: History,
    files: dict[str, Path],
) -> list[str]:
    """Tell each receiver what it doesn't know yet; one who can't be reached is told next time.

    Args:
        told: What `receivers` returned.
        changes: The run beside the last one.
        number: The run's number in the history.
        history: Where it is written down who was told.
        files: The outputs by their kind, `html`, `pdf`, ….

    Returns:
        Who was told, and who couldn't be, as sentences.
    """
    said: list[str] = []
    for receiver, address in told:
        last, missed = history.last_told(changes.run.report, receiver.name)
        if not _is_due(receiver, changes, number, last, missed=missed is not None):
            continue
        failed = _send(address, receiver, changes, missed, files)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        history.tried(number, receiver.name, at, failed)
        said.append(
            f"'{receiver.name}' couldn't be told: {failed}. The next run tries again."
            if failed
            else f"Told '{receiver.name}'."
        )
    return said


def _is_due(
    receiver: Delivery,
    changes: Changes,
    number: int,
    last: tuple[int, dict[str, bool | None]] | None,
    *,
    missed: bool,
) -> bool:
    """Whether a receiver is to be told.

    Args:
        receiver: Who.
        changes: The run beside the last one.
        number: The run's number.
        last: The run that the receiver was told of last, and how its checks stood.
        missed: Whether the latest message couldn't be delivered.
    """
    if missed:
        return True
    if last is None:
        return receiver.always or bool(changes.run.broken)
    told, states = last
    if receiver.always:
        return told != number
    return told != number and states != {c.name: c.kept for c in changes.run.checks}


def _send(
    address: "Apprise",
    receiver: Delivery,
    changes: Changes,
    missed: str | None,
    files: dict[str, Path],
) -> str:
    """Send a message; return why that failed, or nothing."""
    from apprise import NotifyFormat, NotifyType

    broken = bool(changes.run.broken)
    try:
        result: Any = address.notify(
            title=title(changes),
            body=body(changes, missed),
            notify_type=NotifyType.FAILURE if broken else NotifyType.SUCCESS,
            body_format=NotifyFormat.TEXT,
            attach=[str(files[kind]) for kind in receiver.attach if kind in files] or None,
            timeout=_PATIENCE,
        )
    except Exception as error:  # noqa: BLE001  (a message must never cost the report)
        return f"apprise failed ({type(error).__name__})"
    return "" if result else "it can't be reached, or refused the message"


def title(changes: Changes) -> str:
    """Say in a line how the report stands."""
    number = len(changes.checks)
    for states, word in (((BROKE,), "broke"), ((WORSE, BROKEN), "still broken")):
        if found := changes.of(*states):
            return f"{changes.run.report}: {len(found)} of {count(number, 'check')} {word}"
    mended = " again" if changes.of(MENDED) else ""
    return f"{changes.run.report}: nothing is broken{mended}"


def body(changes: Changes, missed: str | None) -> str:
    """Say the three sentences, and each check that isn't simply kept.

    Args:
        changes: The run beside the last one.
        missed: The date of a run of which the receiver couldn't be told.
    """
    zone = getattr(changes.run.as_of.tzinfo, "key", "UTC")
    lines = first_sentences(changes, zone)
    if missed is not None:
        lines.append(f"The message on the run as of {missed[:10]} couldn't be delivered.")
    looked = [c for c in changes.checks if c.state != KEPT]
    lines += [
        f"- {c.state}: "
        + (f"“{c.check.name}”, {c.check.note}" if c.state == UNTESTED else stands(c))
        + (f" ({c.check.owner})" if c.check.owner else "")
        for c in looked[:_LISTED]
    ]
    if len(looked) > _LISTED:
        lines.append(f"- and {len(looked) - _LISTED} more in the report")
    return "\n".join(lines)
