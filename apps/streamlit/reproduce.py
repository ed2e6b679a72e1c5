"""The same figure elsewhere: as Python, and as a command, each as text to copy."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from opened import Origin
from selection import Selection

import procmine as pm
from procmine.registry import registered


def python(origin: Origin, selection: Selection, result: pm.Result) -> str:
    """Return Python that asks for a result anew.

    Args:
        origin: Where the log is opened from.
        selection: Which of its journeys.
        result: What was answered.
    """
    asked = _asked(origin, result)
    lines = [*_imports(origin), "import procmine as pm", *_sample_import(origin), "", _read(origin)]
    if selection.breaks:
        lines += _breaking(origin, selection.breaks)
    if selection.arguments():
        lines += ["log = log.filter_cases(", *_arguments(selection.arguments()), ")"]
    options = "".join(f", {name}={_literal(value)}" for name, value in asked.items())
    return "\n".join([*lines, f"result = pm.{result.name}(log{options})", "print(result)"])


def command(origin: Origin, result: pm.Result, selected: str | None) -> str:
    """Return commands that print a result anew.

    Args:
        origin: Where the log is opened from.
        result: What was answered.
        selected: The file of the selected journeys, where not all are shown.
    """
    words = ["procmine", result.name.replace("_", "-"), selected or origin.place]
    if selected is None:
        words += _options(origin.settings)
    options = _asked(origin, result)
    files = selected is None or any(isinstance(value, Path) for value in options.values())
    made = [f"procmine sample {origin.sample} --output {origin.sample}"] if origin.sample else []
    return "\n".join([*(made if files else []), shlex.join([*words, *_options(options)])])


def _asked(origin: Origin, result: pm.Result) -> dict[str, Any]:
    """Return the options that aren't as they would be without saying so."""
    usual = {name: option.default for name, option in registered()[result.name].options.items()}
    asked = {k: v for k, v in result.options.items() if k not in usual or usual[k] != v}
    return {name: _place(origin, value) for name, value in asked.items()}


def _place(origin: Origin, value: Any) -> Any:
    """Say where a file lies: a sample's where the copied text makes it, others beside the log."""
    if not isinstance(value, Path):
        return value
    if origin.sample:
        return Path(origin.sample) / value.name
    return value if value.parent == Path(origin.place).parent else Path(value.name)


def _imports(origin: Origin) -> list[str]:
    return ["from pathlib import Path", ""] if origin.sample else []


def _sample_import(origin: Origin) -> list[str]:
    return ["from procmine.sample import write_sample"] if origin.sample else []


def _read(origin: Origin) -> str:
    if origin.sample:
        name = _literal(origin.sample)
        return f"log = pm.read(write_sample({name}, output=Path({name}))[0])"
    settings = "".join(f", {name}={_literal(v)}" for name, v in origin.settings.items())
    return f"log = pm.read({_literal(origin.place)}{settings})"


def _breaking(origin: Origin, rules: Sequence[str]) -> Iterator[str]:
    """Write how the journeys are found that break each of some rules: no filter knows a policy."""
    policy = {k: _literal(_place(origin, v)) for k, v in origin.beside.given("policy").items()}
    given = "".join(f", {name}={place}" for name, place in policy.items())
    yield f"broken = pm.conformance(log{given}).violations"
    yield f"rules = {_literal(list(rules))}"
    yield 'cases = [{*broken.filter(broken["rule"] == rule)["case_id"]} for rule in rules]'
    yield 'log = log.filter_cases(where={"case_id": sorted(set.intersection(*cases))})'


def _arguments(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name, value in arguments.items():
        yield f"    {name}={_literal(value)},"


def _literal(value: Any) -> str:
    """Write a value as Python does, strings in double quotes."""
    match value:
        case date() | Path():
            return _literal(str(value))
        case str():
            plain = value.isprintable() and not {'"', "\\"} & {*value}
            return f'"{value}"' if plain else repr(value)
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case tuple():
            return f"({', '.join(map(_literal, value))}{',' if len(value) == 1 else ''})"
        case dict():
            return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    return repr(value)


def _options(given: Mapping[str, Any]) -> Iterator[str]:
    """Write options as the command line takes them."""
    for name, value in given.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{'' if value else 'no-'}{flag}"
        else:
            for each in value if isinstance(value, list | tuple) else [value]:
                yield from (f"--{flag}", str(each))
