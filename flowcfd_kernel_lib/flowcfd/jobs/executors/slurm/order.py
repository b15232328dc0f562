"""The order of a queue: jobs that wait are held, released, and sent ahead of others or behind them."""

from __future__ import annotations

from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs.executors.slurm.client import Client, said
from flowcfd.jobs.executors.slurm.queue import Waiting

MOST = 2_147_483_645
"""The largest nice value of Slurm."""


def hold(client: Client, found: Waiting | None) -> None:
    """By the user himself (`uhold`), who may release it again."""
    job = _waiting(found, "held")
    if not job.held:
        _control(client, "uhold", job.number)


def release(client: Client, found: Waiting | None) -> None:
    """SiteError where an administrator holds it."""
    job = _waiting(found, "released")
    if job.held:
        _control(client, "release", job.number)


def prioritise(client: Client, found: Waiting | None, priority: int) -> None:
    """By its nice value. Who may not lower that below 0 gets it before his own jobs, where the site permits `top`."""
    if isinstance(priority, bool) or not isinstance(priority, int) or abs(priority) > MOST:
        raise CaseError(f"priority: must be a whole number from {-MOST} to {MOST} (got {priority!r})")
    job = _waiting(found, "sent ahead or behind")
    if job.held:
        raise CaseError(f"priority: {job}; release it first, a job that is held has no priority")
    words = ["scontrol", "update", f"JobId={job.number}", f"Nice={-priority}"]
    done = client.answer(words)
    refusal = said(done.stderr) if done.returncode else ""
    if refusal and priority > 0:
        refusal = said(done.stderr) if (done := client.answer(["scontrol", "top", job.number])).returncode else ""
    if refusal:
        allowed = "; without more rights a job can only be sent behind others: priority 0 or less"
        raise CaseError(f"priority: Slurm refuses {priority}: {refusal}{allowed if priority > 0 else ''}")


def _waiting(found: Waiting | None, what: str) -> Waiting:
    if found is None:
        raise CaseError(f"the run has no job in the queue; only one that waits there can be {what}")
    if not found.waits:
        raise CaseError(f"{found}; only a job that waits can be {what}")
    return found


def _control(client: Client, verb: str, number: str) -> None:
    done = client.answer(["scontrol", verb, number])
    if done.returncode:
        raise SiteError(f"scontrol {verb} {number}: {said(done.stderr)}")
