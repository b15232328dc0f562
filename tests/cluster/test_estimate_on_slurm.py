"""What a run on a cluster would cost by its profile's price, and a budget that keeps it out of the queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import flowcfd as fc
from flowcfd.cluster import profile
from flowcfd.cluster.private import Private
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.settings import settings

pytestmark = pytest.mark.cluster


def test_a_price_is_told_and_held_before_anything_is_queued(
    site: Private, slow_cavity: Callable[..., CaseFiles]
) -> None:
    known = profile.read(profile.profiles()["private"])
    profile.write("private", known.model_copy(update={"price": 0.25}))
    case = slow_cavity(steps=50_000, write=50_000)
    estimate = fc.estimate(case, on="private", cores=1)
    assert estimate.price is not None
    assert estimate.core_hours is not None
    assert estimate.price.value == pytest.approx(0.25 * estimate.core_hours.value)
    assert "taken to be as fast as those of this machine" in " ".join(estimate.notes)
    with pytest.raises(fc.CaseError, match=r"more than a price of 1e-05; nothing was written"):
        fc.run(case, on="private", budget=1e-5)
    assert not settings().runs.exists()
    assert site.ask("squeue", "-h") == ""
    small = slow_cavity(steps=100)
    assert fc.run(small, on="private", budget=10, wait=True).state == "Done"
    again = fc.estimate(slow_cavity(steps=101), on="private", cores=1, probe=False)
    assert again.cpu is not None
    assert "1 finished run of the same solver on private" in again.cpu.source
