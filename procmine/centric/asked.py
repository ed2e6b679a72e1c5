"""What the gates ask of a log, each analysis once."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from procmine.eventlog import EventLog
from procmine.registry import find
from procmine.result import Result
from procmine.schema import SEGMENT

if TYPE_CHECKING:
    from procmine.policy.document import Policy


@dataclass(frozen=True)
class Asked:
    """A log and what the company says of itself.

    Attributes:
        log: The event log, with what belongs to no journey.
        policy: The file with promises, owners and what segments are worth.
        promise: Promises in words, in place of a policy.
        reasons: The file that says which activities are failure demand.
        permutations: How many shuffles.
        seed: Another number shuffles otherwise.
    """

    log: EventLog
    policy: Path | None
    promise: str | None
    reasons: Path | None
    permutations: int
    seed: int

    @property
    def has_segments(self) -> bool:
        """Whether the log tells segments apart."""
        return SEGMENT in self.log.columns

    @cached_property
    def document(self) -> "Policy | None":
        """The policy, read."""
        if self.policy is None:
            return None
        from procmine.policy.document import read_policy

        return read_policy(self.policy)

    @cached_property
    def promises(self) -> Result:
        """How promises are kept, and whether the queue knows who is worth more."""
        options = {"permutations": self.permutations, "seed": self.seed}
        return find("promises").run(self.log, policy=self.policy, promise=self.promise, **options)

    @cached_property
    def within_segments(self) -> Result:
        """Whether customers of one segment are treated differently."""
        promised = [SEGMENT] if self.has_segments else []
        return find("consistency").run(
            self.log, promised=promised, permutations=self.permutations, seed=self.seed
        )

    @cached_property
    def between_segments(self) -> Result:
        """Whether segments are treated differently."""
        return find("consistency").run(
            self.log, by=[SEGMENT], permutations=self.permutations, seed=self.seed
        )
