"""The three sentences a report begins with: what broke, where, and for whom."""

from datetime import datetime
from zoneinfo import ZoneInfo

from procmine.report.changes import BROKE, BROKEN, MENDED, UNTESTED, WORSE, Change, Changes, Shift
from procmine.report.checks import figured
from procmine.wording import count, duration


def first_sentences(changes: Changes, zone: str) -> list[str]:
    """Say what changed since the last run, where and for whom: at most three sentences.

    Args:
        changes: The run beside the last one.
        zone: The time zone shown to people.
    """
    return [s for s in (_what(changes, zone), _where(changes), _whom(changes)) if s]


def day(moment: datetime, zone: str) -> str:
    """Say an instant's day.

    Example:
        >>> from datetime import UTC
        >>> day(datetime(2025, 7, 13, 12, tzinfo=UTC), "Europe/Berlin")
        '13 July 2025'
    """
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %B %Y}"


def stands(change: Change) -> str:
    """Say a check's figure, what it was and what it is held against.

    Example:
        >>> from procmine.report.checks import Check
        >>> now = Check("In time", "promise", "inside_share", 0.5, 0.9, False, False)
        >>> stands(Change(now, None, BROKE))
        '“In time” is kept for 50 % of journeys, and at least 90 % is asked'
    """
    last = change.last.value if change.last and change.state != BROKEN else None
    return f"“{change.check.name}” {figured(change.check, last)}"


def _what(changes: Changes, zone: str) -> str:
    number = len(changes.checks)
    if not number:
        return "Nothing is checked: this report has no policy and no thresholds."
    if changes.last is None:
        return _first_run(changes)
    since = f"Since {day(changes.last.as_of, zone)},"
    for states, verb in (((BROKE,), "broke"), ((WORSE,), "got worse")):
        if found := changes.of(*states):
            checks = f"{len(found)} of {count(number, 'check')}"
            return f"{since} {checks} {verb}{_first(found)}."
    if broken := changes.of(BROKEN):
        still = f"{len(broken)} of {count(number, 'check')} still broken"
        return f"Nothing broke since {day(changes.last.as_of, zone)}; {still}{_first(broken)}."
    if mended := changes.of(MENDED):
        return f"{since} {count(len(mended), 'check')} got mended{_first(mended)}; none is broken."
    return _all_kept(changes, f", as on {day(changes.last.as_of, zone)}")


def _first_run(changes: Changes) -> str:
    if not changes.run.broken:
        return _all_kept(changes, "; this is the first run")
    broken = changes.of(BROKE)
    return (
        f"{len(broken)} of {count(len(changes.checks), 'check')} "
        f"{'is' if len(broken) == 1 else 'are'} broken in this first run{_first(broken)}."
    )


def _all_kept(changes: Changes, rest: str) -> str:
    untested, number = len(changes.of(UNTESTED)), len(changes.checks)
    if untested == number:
        return f"None of {count(number, 'check')} could be tested{rest}."
    without = f", {untested} couldn't be tested" if untested else ""
    tested = count(number - untested, "check")
    return f"{'The only check is' if number == 1 else f'All {tested} are'} kept{without}{rest}."


def _first(found: list[Change]) -> str:
    """Name the first of several."""
    if not found:
        return ""
    return f"{', first ' if len(found) > 1 else ': '}{stands(found[0])}"


def _where(changes: Changes) -> str:
    whole = next((s for s in changes.whole if s.fact.name == "a mean journey"), None)
    if whole is None or whole.fact.value is None or not changes.where:
        return ""
    takes = f"A journey takes {duration(whole.fact.value)} on average"
    if whole.last is None or whole.last.value is None:
        most = max(changes.where, key=_value)
        return f"{takes}, most of it {most.fact.name}: {duration(most.fact.value)}."
    first = changes.where[0]
    if whole.growth <= 0:
        most = max(changes.where, key=_value)
        was = f"was {duration(whole.last.value)}" if whole.growth else "as before"
        return f"{takes}, {was}; most of it is {most.fact.name}, {duration(most.fact.value)}."
    was = duration(first.last.value) if first.last else "nothing"
    return (
        f"{takes}, {duration(whole.growth)} longer than before, and most of what was added is "
        f"{first.fact.name}: {duration(first.fact.value)}, was {was}."
    )


def _whom(changes: Changes) -> str:
    owner = _owner(changes)
    known = [s for s in changes.whom if s.fact.value is not None]
    same = changes.last is not None and not any(s.growth for s in known)
    group = max(known, key=_value, default=None) if same else next(iter(known), None)
    if group is None:
        return f"{owner[:1].upper()}{owner[1:]}." if owner else ""
    closes = f"half of their journeys close within {duration(group.fact.value)}"
    name = f"{group.fact.name[:1].upper()}{group.fact.name[1:]}"
    said = f"{name} wait longest: {closes}"
    if group.last is not None and group.last.value is not None:
        if same:
            return f"{said}, as before; {owner}." if owner else f"{said}, as before."
        worse = "are hit hardest" if group.growth > 0 else "gain least"
        sure = "" if group.sure else ", a difference that chance may make"
        was = f", was {duration(group.last.value)}{sure}"
        said = f"{name} {worse}: {closes}{was}"
    return f"{said}; {owner}." if owner else f"{said}."


def _value(shift: Shift) -> float:
    return shift.fact.value or 0.0


def _owner(changes: Changes) -> str:
    """Say who answers for the first check that doesn't hold."""
    first = next(iter(changes.of(BROKE, WORSE, BROKEN)), None)
    if first is None or not first.check.owner:
        return ""
    return f"{first.check.owner} answers for what is broken"
