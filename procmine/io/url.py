"""The URL of a database: what its driver gets, and what may be said of it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from procmine.errors import InputError

_KIND: Final = re.compile(r"[a-z][a-z0-9_]*(?:\+[a-z0-9_]+)?(?=://)", re.IGNORECASE)
_NETWORK: Final = re.compile(r"[^:]+://(?:(?P<login>[^/?#]*)@)?(?P<place>[^@]*)")
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_VALUE: Final = re.compile(r""""[^"]*"|'[^']*'|\d+""")
_SECRET: Final = ("pass", "pwd", "secret", "token", "odbc_connect")
_SHAPE: Final = "postgresql://user:${PASSWORD}@host:5432/database"


@dataclass(frozen=True)
class DatabaseUrl:
    """Where a database is.

    Attributes:
        kind: What it is, `postgresql` or `mysql`, without the driver.
        name: The database, the file or the host: what it is called in a sentence.
        text: What the driver gets, passwords and all.
        secrets: What must never be shown.
    """

    kind: str
    name: str
    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str, environment: Mapping[str, str] = os.environ) -> "DatabaseUrl":
        """Read a URL; `${NAME}` in it is taken from the environment.

        A user's name or a password may be written as it is or percent-encoded; a variable there may
        hold any sign.

        Args:
            text: The URL, or a variable that holds all of it.
            environment: Where variables are looked up.

        Raises:
            InputError: It can't be read, or a variable isn't set.

        Example:
            >>> url = DatabaseUrl.parse("postgres://ann:${PW}@db/orders", {"PW": "a/b@c"})
            >>> url
            DatabaseUrl(kind='postgresql', name='orders')
            >>> url.text
            'postgresql://ann:a%2Fb%40c@db/orders'
        """
        whole = _filled(text, environment) if _VARIABLE.fullmatch(text) else text
        scheme = _KIND.match(whole)
        if scheme is None:
            raise _unreadable()
        driver = re.sub(r"^postgres\b", "postgresql", scheme[0].lower())
        if driver.partition("+")[0] == "sqlite":
            path = _filled(unquote(whole[scheme.end() + 3 :]), environment).partition("?")[0]
            return cls("sqlite", re.split(r"[\\/]", path)[-1], path.removeprefix("/"))
        return _networked(driver, whole, environment)

    @property
    def names_driver(self) -> bool:
        """Whether it says through which driver it wants to be read."""
        return "+" in self.text.partition(":")[0]

    def unopened(self, said: str) -> InputError:
        """Return the error for a database that can't be reached or lets nobody in.

        Args:
            said: The driver's own words.
        """
        return InputError(
            f"'{self.name}' can't be opened: {self._hidden(said)}.",
            "Check the database's URL, the user and the password, and that it runs.",
        )

    def refused(self, said: str) -> InputError:
        """Return the error for a query that the database refuses.

        Args:
            said: The driver's own words.
        """
        return InputError(
            f"The query on '{self.name}' fails: {self._hidden(said)}.",
            "Try it in the database's own client, as the same user.",
        )

    def broke_off(self, said: str) -> InputError:
        """Return the error for a query that fails over the data, without the values it is about.

        Args:
            said: The driver's own words.

        Example:
            >>> url = DatabaseUrl.parse("postgresql://db/orders")
            >>> url.broke_off('invalid input syntax for type integer: "Ann"').fact
            "The query on 'orders' fails: invalid input syntax for type integer."
        """
        first = self._hidden(said)
        return self.refused(re.sub(_VALUE, "…", re.sub(r": [\"'].*", "", first)))

    def _hidden(self, said: str) -> str:
        """Return the first line without what must never be shown."""
        for secret in self.secrets:
            said = said.replace(secret, "…")
        return said.strip().partition("\n")[0].strip().rstrip(".")


def is_url(source: object) -> bool:
    """Whether a source is the URL of a database rather than a path.

    Example:
        >>> is_url("postgresql://db/orders"), is_url("orders.csv"), is_url("C:/orders.csv")
        (True, False, False)
    """
    return isinstance(source, str) and _KIND.match(source) is not None


def _networked(driver: str, text: str, environment: Mapping[str, str]) -> DatabaseUrl:
    found = _NETWORK.fullmatch(text)
    if found is None:
        raise _unreadable()
    place = _filled(found["place"], environment)
    user, _, password = (found["login"] or "").partition(":")
    login, secret = (_filled(unquote(part), environment) for part in (user, password))
    signs = quote(login, safe="") + (f":{quote(secret, safe='')}" if secret else "")
    where, _, settings = place.partition("?")
    hidden = {secret, quote(secret, safe=""), password}
    hidden |= {v for k, v in parse_qsl(settings) if any(word in k.lower() for word in _SECRET)}
    kind = driver.partition("+")[0]
    return DatabaseUrl(
        kind,
        where.rstrip("/").rpartition("/")[2] or kind,
        f"{driver}://{signs}{'@' if signs else ''}{place}",
        tuple(sorted(filter(None, hidden), key=len, reverse=True)),
    )


def _filled(text: str, environment: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise InputError(
                f"The database's URL takes ${{{found[1]}}} from the environment, and it isn't set.",
                f"Set it: export {found[1]}=…",
            )
        return environment[found[1]]

    return _VARIABLE.sub(value, text)


def _unreadable() -> InputError:
    return InputError(
        "The URL of a database can't be read.",
        f"Write it as {_SHAPE}; in a password / ? # @ : are written as %2F %3F %23 %40 %3A.",
    )
