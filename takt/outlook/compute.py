"""A preview, computed: what is on record and in the twin, and whether annoyance stays within the budget."""

from takt.outlook import recorded
from takt.outlook.job import Came, Job


def compute(job: Job) -> Came:
    """What the new policy would do beside the old one."""
    return Came(within=False, result={"recorded": recorded.replay(job), "logged": None, "ahead": None})
