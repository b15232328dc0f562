"""Solvers: functions from a Case to the CaseFiles of its physics, by the kind of the case's physics."""

from __future__ import annotations

from collections.abc import Callable

from flowcfd.case.case import Case
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.registry import Registry

Solver = Callable[[Case], CaseFiles]


def _load() -> None:
    from flowcfd.foam.solvers import incompressible

    SOLVERS.register("Incompressible", incompressible.solver)


SOLVERS: Registry[Solver] = Registry("solver", "flowcfd.solvers", _load)
