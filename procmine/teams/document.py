"""The file in which a company declares its team groups (TOML)."""

from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from procmine.configuration import read_toml
from procmine.errors import ConfigurationError, nearest
from procmine.teams.groups import BACK_OFFICE, CREATOR, ENABLER


class Groups(BaseModel):
    """The departments of each group."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    creator: list[str] = []
    enabler: list[str] = []
    back_office: list[str] = Field([], alias=BACK_OFFICE)


class Declared(BaseModel):
    """The whole file: `[groups]`, with a list of departments for each group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: Groups


def read_groups(path: str | Path, departments: Collection[str]) -> Mapping[str, str]:
    """Read which group each department is said to belong to.

    Args:
        path: The file.
        departments: Those that there are.

    Raises:
        ConfigurationError: The file can't be used, names a department that never occurs, or puts
            one into two groups.
    """
    said = read_toml(path, Declared).groups
    found: dict[str, str] = {}
    for group, names in (
        (CREATOR, said.creator),
        (ENABLER, said.enabler),
        (BACK_OFFICE, said.back_office),
    ):
        for name in names:
            if name not in departments:
                raise ConfigurationError(
                    f"'{Path(path).name}' puts '{name}' into a group, and no department is "
                    "called so.",
                    nearest(name, sorted(departments)),
                )
            if found.setdefault(name, group) != group:
                raise ConfigurationError(
                    f"'{Path(path).name}' puts '{name}' into two groups: {found[name]}, {group}.",
                    "Name each department once.",
                )
    return found
