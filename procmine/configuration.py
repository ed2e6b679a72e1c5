"""Configuration files: TOML, checked against a model, refused in sentences that name the key."""

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from procmine.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound="BaseModel")


def read_toml(path: str | Path, model: type[Model]) -> Model:
    """Read a TOML file as a pydantic model, whose unknown keys are refused (`extra="forbid"`).

    Args:
        path: The file.
        model: What must be in it.

    Raises:
        ConfigurationError: The file can't be read, isn't TOML, or a key can't be used; the key is
            named with its path (`sources[2].columns.activty`), and the nearest known one.
    """
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"There is no file '{path}'.", "Check its name.") from None
    except OSError as error:
        raise ConfigurationError(f"'{path}' can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"'{file.name}' isn't UTF-8, as TOML must be.") from None
    return parse_toml(text, model, file.name)


def parse_toml(text: str, model: type[Model], name: str) -> Model:
    r"""Read TOML as a pydantic model.

    Args:
        text: The TOML.
        model: What must be in it.
        name: What the text is called in errors.

    Raises:
        ConfigurationError: It isn't TOML, or a key can't be used.

    Example:
        >>> from pydantic import BaseModel, ConfigDict
        >>> class Shop(BaseModel, extra="forbid"):
        ...     city: str
        >>> parse_toml('city = "Ulm"', Shop, "shop.toml").city
        'Ulm'
        >>> parse_toml('city = "Ulm"\ncitty = 2', Shop, "shop.toml")
        Traceback (most recent call last):
        ...
        procmine.errors.ConfigurationError: In 'shop.toml' there is no key 'citty'. Did you mean
        'city'?
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        raise ConfigurationError(
            f"'{name}' isn't TOML: {said[:1].lower()}{said[1:]}.", "Mend it there."
        ) from None
    except ValidationError as error:
        raise _refused(error.errors(), model, name) from None


def environment(name: str, key: str) -> str:
    """Return a variable of the environment that a configuration takes, a secret for one.

    Args:
        name: The variable.
        key: Where it is asked for.

    Raises:
        ConfigurationError: It isn't set.
    """
    if name not in os.environ:
        raise ConfigurationError(
            f"{key} takes ${{{name}}} from the environment, and it isn't set.",
            f"Set it: export {name}=…",
        )
    return os.environ[name]


def _refused(
    errors: "Sequence[ErrorDetails]", model: "type[BaseModel]", name: str
) -> ConfigurationError:
    """Say the first thing that can't be used, and how many more there are."""
    first, more = errors[0], len(errors) - 1
    key = key_of(first["loc"])
    rest = f"({more} more can't be used either.)" if more else ""
    if first["type"] == "extra_forbidden":
        known = _known_keys(model, first["loc"][:-1])
        help = nearest(str(first["loc"][-1]), known)
        return ConfigurationError(f"In '{name}' there is no key '{key}'.", f"{help} {rest}")
    if first["type"] == "missing":
        return ConfigurationError(f"In '{name}' the key '{key}' is missing.", rest)
    said = first["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    end = "" if said.endswith((".", "?")) else "."
    return ConfigurationError(f"In '{name}', {key or 'as a whole'}: {said}{end}", rest)


def key_of(place: Sequence[int | str]) -> str:
    """Write the place of a key as a person finds it in the file.

    Example:
        >>> key_of(["sources", 2, "columns", "activity"])
        'sources[2].columns.activity'
    """
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).removeprefix(".")


def _known_keys(kind: Any, place: Sequence[int | str]) -> list[str]:
    """Return the keys that a table of the file may have."""
    for step in place:
        fields = getattr(_model_in(kind), "model_fields", {})
        kind = fields[step].annotation if step in fields else kind
    return [f.alias or name for name, f in getattr(_model_in(kind), "model_fields", {}).items()]


def _model_in(kind: Any) -> Any:
    """Return the model in a type such as `list[Model] | None`."""
    if hasattr(kind, "model_fields"):
        return kind
    return next((m for part in get_args(kind) if (m := _model_in(part)) is not None), None)
