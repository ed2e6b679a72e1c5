"""Do journeys run as they should: by a policy's rules, by a model, or as they used to?"""

from dataclasses import replace
from pathlib import Path

from procmine.analyses.promises import promises
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.registry import analysis
from procmine.result import Result


@analysis
def conformance(
    log: EventLog,
    *,
    model: Path | None = None,
    policy: Path | None = None,
    calendar: Path | None = None,
    budget: str = "60s",
    method: str = "alignments",
    norms: str | None = None,
    reference: Path | None = None,
    reference_until: str | None = None,
    noise: float = 0.05,
    support: float = 0.1,
    zeta: float = 3.0,
) -> Result:
    """Say which rules journeys break, of a policy or of before, or how well they fit a model.

    By a policy: each rule counts the journeys that it is asked of, and those that break it. A rule
    that no journey is asked for is untested, not kept. A journey that is open is undecided where it
    breaks a rule unless more comes.

    By a model: each variant is aligned with it: the cheapest run is found, in which an event that
    the run lacks and an activity that the variant lacks cost 1 each. Fitness is 1 minus the cost as
    a share of the worst, the case's events and the model's shortest run together. What isn't solved
    when the budget ends gets an interval from its solved neighbours; leaving it out would flatter
    the model's fit. Precision says how much the model allows that never happens.

    By norms: what was normal is learned from a reference, the journeys that began before a date or
    another log, and held against the others: DECLARE's rules on the order of activities, a log
    skeleton, or a temporal profile, how long it is from each activity to each that comes later.

    Formula: share = journeys that break a rule / journeys that it is asked of, and the rule is kept
    if that is no more than its tolerated share; fitness = 1 - cost of the cheapest alignment /
    (events + activities of the model's shortest run); a norm is what no more than the noise of the
    reference's journeys break, or a time within zeta standard deviations of its mean.

    Source: Pesic, Schonenberg & van der Aalst, DECLARE, 2007; Adriansyah, Aligning Observed and
    Modeled Behavior, 2014; Muñoz-Gama & Carmona, A fresh look at precision, 2010; norms: Maggi,
    Mooij & van der Aalst, User-guided discovery of declarative process models, 2011; Verbeek &
    Medeiros de Carvalho, Log skeletons, 2018; Stertz, Mangler & Rinderle-Ma, Temporal conformance
    checking at runtime, 2020; the shares' intervals: Korn & Graubard 1998.

    Args:
        log: The event log.
        model: a model, BPMN or PNML, or a log that shows how journeys are to run
        policy: a file of rules (TOML); broken ones make the command end with 1
        calendar: a file of business hours (TOML) for rules of business time, instead of the
            policy's own
        budget: how long measuring the fit may take: `20s`, `5 minutes`
        method: how the fit is measured: alignments, or token-replay, which is another measure
        norms: what is learned of how journeys used to run: declare, skeleton or temporal
        reference: a log that shows how journeys used to run
        reference_until: the date before which this log's journeys began that show it, instead
        noise: the share of the reference's journeys that may break what is called normal
        support: the least share of the reference's journeys that a norm must concern
        zeta: how many standard deviations from its mean a time may lie (temporal)

    Returns:
        By a policy `rules`: `rule, kind, cases, customers, violations, share, tolerated_share,
        kept` (null: untested), `undecided_cases, severity, owner, sentence`, the share's 95 %
        interval over customers in `low_share` and `high_share`; `violations`: `rule, case_id, at,
        department, evidence, event_number, variant`, each journey once a rule; `promises`, where
        the policy has any, as the analysis `promises` returns them; `deviations`: how
        many of these by `rule, department, variant`, with its `activities`.
        By a model `summary` (one row): `cases, variants, solved_share, fitting_share,
        fitting_share_high, average_fitness_low, average_fitness_high, log_fitness_low,
        log_fitness_high`, shares of cases; `precision`, by escaping edges, of the
        `precision_measured_share` of what cases begin with; `simplicity, method`; `deviations`:
        `activity, kind` (missing, or not in the model here), `events, cases`, among the solved, the
        commonest first; `variants`: `variant, activities, cases, share, solved, cost_low,
        cost_high, fitness_low, fitness_high, extra, missing` (lists of activities) and
        `extra_after`, the commonest first. By token replay `summary` and `variants` (`solved, fits,
        fitness_low, fitness_high`) alone.
        By norms `summary` (one row): how many `norms`, of the journeys checked `cases, customers,
        deviating_cases, share` that break one at least, and the `reference_share` that did;
        `norms`: `norm` (a sentence), `cases` that it is asked of, `customers, violations, share,
        reference_cases, reference_share`, whether surely `more` break it than then, what changed
        most first, of times `mean_seconds, std_seconds, from_seconds, to_seconds`, and its `kind`;
        `violations`, of times: `norm, case_id, at, department, took_seconds, event_number,
        variant`, the one furthest out of each journey; `deviations`: by `norm, department,
        variant`. The shares have 95 % intervals.

    Raises:
        OptionError: Not just one of policy, model and norms is given, or an option can't be used.
        InputError: The model or the reference can't be read.
        ConfigurationError: The policy or the calendar can't be used.
        UnavailableError: A rule counts business time, and the log isn't on Polars.
    """
    asked = [given for given in (policy, model, norms) if given is not None]
    if len(asked) != 1:
        raise OptionError(
            "More than one thing is asked." if asked else "No policy, model or norms are given.",
            "Give one: policy='policy.toml' (--policy FILE), model='process.bpmn' (--model FILE), "
            "or norms='declare' (--norms declare).",
        )
    if norms is None and (reference is not None or reference_until is not None):
        raise OptionError(
            "A reference shows what was normal, and no norms are asked for.",
            "Say which: norms='declare', 'skeleton' or 'temporal' (--norms).",
        )
    if policy is not None:
        return _by_policy(log, policy, calendar)
    if norms is not None:
        from procmine.norms import answer as normal

        return normal.answer(
            log, norms, reference, reference_until, noise=noise, support=support, zeta=zeta
        )
    from procmine.fit import answer as fit

    assert model is not None  # noqa: S101  (one of them is given)
    return fit.answer(log, model, budget, method)


def _by_policy(log: EventLog, policy: Path, calendar: Path | None) -> Result:
    """Check the rules, and put beside them how the promises are kept, as `promises` says it."""
    from procmine.policy import answer
    from procmine.policy.document import read_policy

    document = read_policy(policy)
    result = answer.answer(log, policy, calendar)
    if not document.promises:
        return result
    kept = promises(log, policy=policy, calendar=calendar, permutations=_FEWEST)
    said = f"{result.headline} {kept.headline}" if document.rules else kept.headline
    tables = {"rules": result.rules, "promises": kept.promises, **result.tables}
    return replace(result, headline=said, tables=tables, broken=(*result.broken, *kept.broken))


_FEWEST = 19
"""Shuffles of the queue, whose tables aren't asked for here."""
