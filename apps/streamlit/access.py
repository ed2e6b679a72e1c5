"""Who may see what: nobody is asked on one's own machine; by OpenID Connect where configured.

It is configured where Streamlit's secrets have [auth]; then nobody sees anything unless [access]
gives their claim a role:

    [access]
    claim = "groups"                  # the claim that names a person's roles; "roles" by default
    [access.roles]                    # value of the claim = role: viewer, analyst or operator
    process-owners = "viewer"
    [access.scope.segment]            # optional; column = who may see which of its values
    claim = "segment"                 # the claim that holds them; "*" in it is all
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import streamlit as st
import texts
from texts import access as said

import procmine
from procmine.errors import ConfigurationError, nearest

VIEWER, ANALYST, OPERATOR = "viewer", "analyst", "operator"
ROLES: Final = (VIEWER, ANALYST, OPERATOR)
"""Each may what those before it may: look and export figures; journeys and uploads; everything."""
ALL: Final = "*"

Scope = tuple[tuple[str, tuple[str, ...]], ...]
"""For each column, the values whose rows may be seen."""


@dataclass(frozen=True)
class Person:
    """Somebody who may look.

    Attributes:
        name: What they are called; None on one's own machine.
        role: What they may do.
        scope: Which rows they may see; empty is all.
    """

    name: str | None = None
    role: str = OPERATOR
    scope: Scope = ()

    def may(self, role: str) -> bool:
        """Whether they may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def admitted() -> Person | None:
    """Return who is looking; None after showing why nobody may.

    Raises:
        ConfigurationError: [access] can't be used.
    """
    secrets = _secrets()
    if "auth" not in secrets:
        return Person()
    if not st.user.is_logged_in:
        _sign_in()
        return None
    claims = st.user.to_dict()
    person = person_of(claims, secrets.get("access", {}))
    if person is None:
        st.error(said.refused(_name(claims)))
        st.button(said.SIGN_OUT, on_click=st.logout)
    return person


def person_of(claims: Mapping[str, Any], access: Mapping[str, Any]) -> Person | None:
    """Return what somebody's claims allow; None where they allow nothing.

    Args:
        claims: What the provider says of them.
        access: The table [access] of the secrets.

    Raises:
        ConfigurationError: It can't be used.
    """
    _check(access)
    given = _values(claims.get(access.get("claim", "roles")))
    held = [role for value, role in access.get("roles", {}).items() if value in given]
    if not held:
        return None
    scope = access.get("scope", {}).items()
    rows = [(column, _values(claims.get(rule.get("claim", column)))) for column, rule in scope]
    if any(not values for _, values in rows):
        return None
    cut = tuple((column, values) for column, values in rows if ALL not in values)
    return Person(_name(claims), max(held, key=ROLES.index), cut)


def _check(access: Mapping[str, Any]) -> None:
    """See that [access] says only what is understood: a slip must not open a door."""
    known = ("claim", "roles", "scope")
    for key in access:
        if key not in known:
            raise ConfigurationError(f"[access] has no key '{key}'.", nearest(key, known))
    for value, role in access.get("roles", {}).items():
        if role not in ROLES:
            fact = f"[access.roles] {value}: there is no role '{role}'."
            raise ConfigurationError(fact, nearest(str(role), ROLES))
    for column, rule in access.get("scope", {}).items():
        if not isinstance(rule, Mapping) or {*rule} - {"claim"}:
            raise ConfigurationError(
                f"[access.scope.{column}] can't be read.", 'It takes claim = "…" alone.'
            )


def _values(claim: Any) -> tuple[str, ...]:
    """Return the values of a claim: one text, or several."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(map(str, claim)) if isinstance(claim, Sequence) else ()


def _name(claims: Mapping[str, Any]) -> str:
    return str(claims.get("name") or claims.get("email") or claims.get("sub") or "")


def _secrets() -> Mapping[str, Any]:
    """Return the secrets; none where there is no file of them, but never for one that is broken."""
    if not any(Path(place).exists() for place in st.get_option("secrets.files")):
        return {}
    try:
        return st.secrets.to_dict()
    except (OSError, ValueError):
        raise ConfigurationError(
            "The secrets can't be read, so nobody is let in.", "Mend the TOML file."
        ) from None


def _sign_in() -> None:
    st.title(texts.APP)
    st.write(said.SIGN_IN_FIRST)
    st.button(said.SIGN_IN, type="primary", on_click=st.login)


def footer(person: Person) -> None:
    """Say who is looking, and give the app's source: its licence asks for that.

    Args:
        person: Who.
    """
    if person.name is not None:
        st.caption(said.signed_in(person.name, person.role))
        st.button(said.SIGN_OUT, on_click=st.logout, type="tertiary")
    st.download_button(
        said.SOURCE, source, "procmine-source.zip", "application/zip", key="_source",
        type="tertiary", on_click="ignore", help=said.SOURCE_HELP,
    )  # fmt: skip


def source() -> bytes:
    """Return the source of what is running, as a zip."""
    package, here = Path(procmine.__file__).parent, Path(__file__).parent
    roots = {package} if here.is_relative_to(package) else {package, here}
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for root in roots:
            for path in sorted(root.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, Path(root.name) / path.relative_to(root))
    return file.getvalue()
