"""The rehearsal of a policy: what is on record and in the twin, and whether annoyance stays within the budget."""

from takt.rehearsal import recorded
from takt.rehearsal.job import Came, Job


def rehearse(job: Job) -> Came:
    """What the new policy would do beside the old one."""
    return Came(within=False, result={"recorded": recorded.replay(job), "logged": None, "ahead": None})
