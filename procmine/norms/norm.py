"""What a norm is, whatever it was learned by, and how variants stand to it."""

from dataclasses import dataclass

from procmine.norms.sequences import Ints, Truths


@dataclass(frozen=True)
class Norm:
    """Something that was normal.

    Attributes:
        kind: The template that it is of.
        sentence: The norm as a person says it.
    """

    kind: str
    sentence: str


@dataclass(frozen=True)
class Stand:
    """How variants stand to norms: a row a variant, a column a norm.

    Attributes:
        asked: Whether a norm is asked of it.
        broken_at: The number of the event at which it breaks the norm; 0 where it keeps it.
    """

    asked: Truths
    broken_at: Ints
