"""From the steps of a case to stages: mesh, decompose, solve, reconstruct, sample."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flowcfd.foam.install import SOLVER_SWITCHES, WRITE_SWITCHES

METHODS = ("hierarchical", "ptscotch")
"""How a mesh is divided among ranks: by coordinates, or by its graph (through redistributePar; decomposePar of
Debian's package has no graph partitioner)."""

IN_PLACE = frozenset({"potentialFoam"})
"""Solvers that write into the time they start from, which reconstructPar passes over unless it is told."""

OWN = frozenset({"decomposePar", "reconstructPar", "reconstructParMesh", "redistributePar"})
"""Steps of a case that a run leaves out: whether and how a case is divided is the run's business."""

MESH_ONLY = frozenset({
    "blockMesh", "snappyHexMesh", "surfaceFeatureExtract", "checkMesh", "extrudeMesh", "topoSet", "createPatch",
})  # fmt: skip
"""Applications that do not touch the start fields."""

DIVIDED = frozenset({"decomposePar", "reconstructParMesh"})
"""What stands around a snappyHexMesh on ranks."""

MESHING = frozenset({
    "blockMesh", "surfaceFeatureExtract", "snappyHexMesh", "createPatch", "checkMesh", "topoSet", *DIVIDED,
})  # fmt: skip
"""Applications of which it is known what they read, so that what they make can serve another run (`jobs.meshkey`)."""

MESH = "mesh"
"""What stands in the place of a solver in a run that makes a mesh and nothing else."""


@dataclass(frozen=True)
class Command:
    """One application to run in the case. A `solver` writes its fields and ends when it gets SIGUSR2."""

    application: str
    arguments: tuple[str, ...] = ()
    ranks: int = 1
    parallel: bool = False
    solver: bool = False
    launcher: str = ""

    @property
    def log(self) -> str:
        """The name of its log; post-processing by a solver is not mixed with its solution."""
        return f"log.{self.application}" + ("-postProcess" if "-postProcess" in self.arguments else "")

    @property
    def text(self) -> str:
        """The command as in the steps of the case."""
        return shlex.join([self.application, *self.arguments])

    def argv(self) -> list[str]:
        """The argument list, mpirun before it where it runs in parallel."""
        switches = SOLVER_SWITCHES if self.solver else ()
        if not self.parallel:
            return [self.application, *self.arguments, *switches, *(WRITE_SWITCHES if self.solver else ())]
        launcher = shlex.split((self.launcher or "mpirun -np {cores}").replace("{cores}", str(self.ranks)))
        return [*launcher, self.application, *self.arguments, "-parallel", *switches]


@dataclass(frozen=True)
class Stage:
    """A part of a run that can be done again without those before it."""

    name: str
    commands: tuple[Command, ...]


def plan(
    steps: Sequence[str],
    application: str,
    *,
    cores: int = 1,
    method: str = "hierarchical",
    regions: bool = False,
    launcher: str = "",
    mesh_cores: int = 1,
) -> tuple[Stage, ...]:
    """The stages of a run, without the empty ones; snappyHexMesh works on `mesh_cores` ranks.

    The solver is the first step that runs `application`; potentialFoam directly before it belongs to the same stage,
    all before that makes the mesh and the start fields, all behind it samples the results.
    """
    commands = [_command(step) for step in steps]
    commands = [command for command in commands if command.application not in OWN]
    solver = next((n for n, c in enumerate(commands) if _solves(c, application)), len(commands))
    first = solver
    while first and commands[first - 1].application == "potentialFoam":
        first -= 1
    solve = tuple(
        Command(c.application, c.arguments, cores, cores > 1, _solves(c, application), launcher)
        for c in commands[first : solver + 1]
    )
    stages = [Stage("mesh", tuple(_on_ranks(commands[:first], mesh_cores, launcher)))]
    if solve and cores > 1:
        stages.append(Stage("decompose", (_decompose(cores, method, regions, launcher),)))
    stages.append(Stage("solve", solve))
    if solve and cores > 1:
        stages.append(Stage("reconstruct", (_reconstruct(application, regions),)))
    stages.append(Stage("sample", tuple(commands[solver + 1 :])))
    return tuple(stage for stage in stages if stage.commands)


def changes_start(command: Command) -> bool:
    """Whether this command may overwrite the start fields."""
    if command.solver or "-postProcess" in command.arguments:
        return False
    return command.application not in MESH_ONLY | OWN


def meshing(commands: Sequence[Command]) -> int:
    """How many commands, from the first on, make a mesh and nothing else."""
    own = (n for n, command in enumerate(commands) if command.application not in MESHING)
    return next(own, len(commands))


def _on_ranks(commands: Sequence[Command], cores: int, launcher: str) -> Iterator[Command]:
    """Each snappyHexMesh on so many ranks: the mesh that it begins with is divided, and its own is put together.

    The start fields are left out, by a time that has none: they are made for the patches of the mesh to come. At last
    the mesh is whole again, so what follows does not know of its ranks.
    """
    for command in commands:
        if cores == 1 or command.application != "snappyHexMesh":
            yield command
            continue
        yield Command("decomposePar", ("-force", "-time", "constant"))
        yield replace(command, ranks=cores, parallel=True, launcher=launcher)
        yield Command("reconstructParMesh", ("-constant",))


def _command(step: str) -> Command:
    application, *arguments = shlex.split(step)
    return Command(application, tuple(arguments))


def _solves(command: Command, application: str) -> bool:
    return command.application == application and "-postProcess" not in command.arguments


def _reconstruct(application: str, regions: bool) -> Command:
    start = ("-withZero",) if application in IN_PLACE else ()
    return Command("reconstructPar", (*start, *(("-allRegions",) if regions else ())))


def _decompose(cores: int, method: str, regions: bool, launcher: str) -> Command:
    every = ("-allRegions",) if regions else ()
    if method == "ptscotch":
        return Command("redistributePar", ("-decompose", "-overwrite", *every), cores, parallel=True, launcher=launcher)
    return Command("decomposePar", ("-force", *every))
