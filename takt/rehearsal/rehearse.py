"""The rehearsal of a policy: what is on record, by the log of decisions, and in the twin, and whether annoyance stays within the budget."""

from takt.core.tact import parse_policy
from takt.rehearsal import ahead, logged, recorded
from takt.rehearsal.job import Came, Job
from takt.rehearsal.seen import look


def rehearse(job: Job) -> Came:
    """What the new policy would do beside the old one."""
    old, new = parse_policy(job.old), parse_policy(job.new)
    shown = ahead.rehearse(old, new, job.seeds, look(job))
    result = {"recorded": recorded.replay(job), "logged": logged.estimate(job), "ahead": shown}
    return Came(within=ahead.stays_within(shown), result=result)
