"""Sections: what a report says, each a function from its Subject to a Section, or None where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.case import Case
from flowcfd.errors import CaseError, ResultError
from flowcfd.given import given_path
from flowcfd.jobs import open as open_run
from flowcfd.jobs.handle import Run
from flowcfd.post.described import case_of
from flowcfd.post.open import Results
from flowcfd.registry import Registry
from flowcfd.reports.blocks import Block, Figures, Words

if TYPE_CHECKING:
    from flowcfd.benchmarks.outcome import Outcome
    from flowcfd.post.verdict import Verdict
    from flowcfd.scene import Scene
    from flowcfd.studies import Study
    from flowcfd.studies.independence import Independence

ORDER = (
    "result", "geometry", "mesh", "setup", "checks", "convergence", "forces", "flow", "points", "grids",
    "benchmark", "verdict", "provenance",
)  # fmt: skip
"""How a report reads; sections of plug-ins follow."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]

    def to_json(self, figures: Figures) -> dict[str, Any]:
        """For a template; pictures are put aside in `figures`."""
        return {"title": self.title, "blocks": [block.to_json(figures) for block in self.blocks]}

    @classmethod
    def apology(cls, name: str, why: str) -> Section:
        """What stands in the place of a section that has nothing, or failed."""
        return cls(name.capitalize(), [Words(f"Not shown: {why}", soft=True)])


@dataclass(frozen=True, eq=False)
class Subject:
    """What is reported on: the results of a run or a case directory, or a study."""

    results: Results | None = None
    study: Study | None = None
    evidence: tuple[Independence | Outcome, ...] = ()
    """What speaks for the numbers: families of meshes, and benchmarks."""
    scenes: tuple[Scene, ...] = ()
    """What is shown of the flow; none: the middle plane."""

    @classmethod
    def of(cls, given: Any) -> Subject:
        """From Results, a Run (or its name), a Study, mesh independence or a path.

        CaseError for anything else, ResultError for a path without a run, UnknownName for a name that no run has.
        """
        from flowcfd.studies import Study
        from flowcfd.studies.independence import Independence

        if isinstance(given, Independence):
            run = (given.known or given.levels)[0].run
            return cls(Results(run.case, run), evidence=(given,))
        if isinstance(given, Study):
            return cls(study=given)
        if isinstance(given, Results):
            return cls(given)
        if isinstance(given, Run):
            return cls(Results(given.case, given))
        if isinstance(given, str) and "/" not in given and not given_path(given, "report").exists():
            run = open_run(given)
            return cls(Results(run.case, run))
        if isinstance(given, str | Path):
            return cls._at(given_path(given, "report").absolute())
        raise CaseError(
            f"report: give Results, a Run, a Study, mesh independence or a folder (got {type(given).__name__})"
        )

    @classmethod
    def _at(cls, path: Path) -> Subject:
        from flowcfd.studies import Study

        if (path / "study.json").is_file():
            return cls(study=Study.read(path))
        if (path / "job.json").is_file():
            run = Run(path)
            return cls(Results(run.case, run))
        if (path / "system" / "controlDict").is_file():
            return cls(Results(path))
        raise ResultError(f"{path}: holds no run, no study and no OpenFOAM case")

    @property
    def run(self) -> Run | None:
        """The run, where it is one."""
        return None if self.results is None else self.results.run

    @cached_property
    def case(self) -> Case | None:
        """The Case that the run was made from; None for an adopted one."""
        return case_of(self.run)

    @cached_property
    def verdict(self) -> Verdict | None:
        """What the judges say of the run."""
        return None if self.results is None else self.results.verdict

    @property
    def solved(self) -> bool:
        """Whether a solver was to be run: not where a mesh was made alone."""
        return self.run is None or not self.run.record.mesh_only

    @property
    def title(self) -> str:
        """What it is called when nobody says."""
        name = self.study.name if self.study is not None else self.run.name if self.run else self._folder
        words = name.replace("_", " ").replace("-", " ").strip()
        return words[:1].upper() + words[1:] or "Report"  # pitzDaily and NACA0012 keep their letters

    @property
    def _folder(self) -> str:
        return "" if self.results is None else self.results.case.name

    @property
    def kicker(self) -> str:
        """What kind of report it is."""
        if self.study is not None:
            return f"Study of {len(self.study)} computations"
        if not self.solved:
            return "Mesh"
        return "Flow computation" if self.results is None else f"Flow computation with {self.results.application}"

    @cached_property
    def badge(self) -> list[str]:
        """The colour of the verdict and its word; empty for a study."""
        if self.verdict is None:
            return []
        says = {"green": "nothing found", "amber": "use with care", "red": "do not use these numbers"}
        return [self.verdict.colour, says[self.verdict.colour]]


Maker = Callable[[Subject], Section | None]


def _own() -> None:
    from flowcfd.reports import computed, described, evidence, studied

    for name, make in (described.SECTIONS | computed.SECTIONS | studied.SECTIONS | evidence.SECTIONS).items():
        SECTIONS.register(name, make)


SECTIONS: Registry[Maker] = Registry("section", "flowcfd.report_sections", _own)
"""By name; plug-ins add theirs (entry points of the group `flowcfd.report_sections`)."""


def ordered() -> list[tuple[str, Maker]]:
    """All sections as a report reads."""
    names = SECTIONS.names()
    return [(name, SECTIONS.get(name)) for name in (*ORDER, *(name for name in names if name not in ORDER))]
