"""The causes of real failures of this machine's OpenFOAM, provoked with the cavity."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.faults import Fault, cause

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]


@dataclass(frozen=True)
class Mishap:
    """What is changed in the cavity, what is run on it, and what is to be said of it."""

    name: str
    change: Callable[[CaseFiles], CaseFiles]
    kind: str
    place: str
    message: str
    command: str = "icoFoam"


def appended(path: str, text: str) -> Callable[[CaseFiles], CaseFiles]:
    return lambda files: files.with_files({path: (files.text(path) if path in files else "") + text})


def replaced(path: str, old: str, new: str) -> Callable[[CaseFiles], CaseFiles]:
    def change(files: CaseFiles) -> CaseFiles:
        text = files.text(path)
        assert old in text
        return files.with_files({path: text.replace(old, new, 1)})

    return change


def without(path: str, entry: str) -> Callable[[CaseFiles], CaseFiles]:
    return lambda files: files.edited(path, {entry: None})


HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object %s; }\n"
HALVES = HEAD % "decomposeParDict" + "numberOfSubdomains 2; method %s; coeffs { n (2 1 1); }"
PROBE = "functions { a { type forceCoeffs; libs (forces); } }\n"

MISHAPS = [
    Mishap(
        "no entry for a patch",
        without("0/p", "boundaryField.fixedWalls"),
        "input",
        "0/p:",
        "patchField entry for fixedWalls",
    ),
    Mishap(
        "unknown boundary", replaced("0/U", "noSlip", "noSlipp"), "input", "0/U:", "Unknown patchField type noSlipp"
    ),
    Mishap(
        "no scheme",
        without("system/fvSchemes", "divSchemes.div(phi,U)"),
        "input",
        "system/fvSchemes:",
        "Entry 'div(phi,U)'",
    ),
    Mishap(
        "no solver", without("system/fvSolution", "solvers.p"), "input", "system/fvSolution:", "Entry 'p' not found"
    ),
    Mishap(
        "no keyword",
        without("system/controlDict", "deltaT"),
        "input",
        "system/controlDict:",
        "Entry 'deltaT' not found",
    ),
    Mishap("no field", lambda files: files.with_files({"0/p": None}), "input", "0/p", 'cannot find file "0/p"'),
    Mishap("word for a number", replaced("0/U", "(1 0 0)", "(1 0 x)"), "input", "0/U:", "found on line"),
    Mishap(
        "field of another mesh",
        replaced("0/p", "uniform 0;", "nonuniform List<scalar> 3 (0 0 0);"),
        "input",
        "0/p:",
        "size 3 is not equal to the given value of 400",
    ),
    Mishap(
        "wrong dimensions", replaced("0/p", "[0 2 -2 0 0 0 0]", "[1 -1 -2 0 0 0 0]"), "fatal", "", "[-grad(p)[1 -2 -2"
    ),
    Mishap(
        "bracket lost",
        lambda files: files.with_files({"system/fvSolution": HEAD % "fvSolution" + "solvers { p { solver PCG; }"}),
        "input",
        "system/fvSolution:",
        "Unexpected EOF",
    ),
    Mishap(
        "function object",
        appended("system/controlDict", PROBE),
        "input",
        "system/controlDict:",
        "Entry 'patches' not found",
    ),
    Mishap(
        "vertex order",
        replaced("system/blockMeshDict", "(0 1 2 3 4 5 6 7)", "(0 1 2 3 5 4 6 7)"),
        "fatal",
        "",
        "does not have neighbour cell face",
        "blockMesh",
    ),
    Mishap(
        "floating point",
        replaced("0/U", "(1 0 0)", "(1e200 0 0)"),
        "diverged",
        "",
        "floating point exception in Foam::",
    ),
    Mishap(
        "no such decomposer",
        appended("system/decomposeParDict", HALVES % "scotch"),
        "fatal",
        "",
        "without the scotchDecomp library",
        "decomposePar",
    ),
    Mishap(
        "not decomposed",
        lambda files: files,
        "input",
        "system/decomposeParDict",
        "Cannot read decomposeParDict",
        "mpirun -np 2 --oversubscribe icoFoam -parallel",
    ),
    Mishap(
        "no executable",
        lambda files: files,
        "application",
        "",
        "no executable 'icoFoamm'",
        "mpirun -np 2 --oversubscribe icoFoamm -parallel",
    ),
    Mishap("unknown option", lambda files: files, "application", "", "Invalid option: -nonsense", "icoFoam -nonsense"),
]


def compute(command: str, case: Path, **options: object) -> subprocess.CompletedProcess[str]:
    openfoam = install.find()
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command.split(), cwd=case, env=openfoam.environment(case=case, shared=True), capture_output=True, text=True,
        timeout=60, check=False, **options,
    )  # fmt: skip


def fault_of(command: str, case: Path, **options: object) -> Fault:
    done = compute(command, case, **options)
    assert done.returncode != 0, done.stdout[-2000:]
    return cause(done.returncode, done.stderr, done.stdout, case=case)


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.name)
def test_the_cause_is_named_with_its_place(mishap: Mishap, cavity: Build, tmp_path: Path) -> None:
    mishap.change(cavity(steps=2)).write(tmp_path)
    if mishap.command != "blockMesh":
        compute("blockMesh", tmp_path)
    fault = fault_of(mishap.command, tmp_path)
    assert fault.kind == mishap.kind, fault
    assert fault.place.startswith(mishap.place) and bool(fault.place) == bool(mishap.place)
    assert mishap.message in fault.message
    if fault.line:
        text = (tmp_path / fault.file).read_text().splitlines()
        assert 1 <= fault.line <= len(text) + 1


def test_a_rank_that_was_killed_is_told_from_a_failure(cavity: Build, tmp_path: Path) -> None:
    files = cavity(steps=10).with_files({"system/decomposeParDict": HALVES % "simple"})
    files.write(tmp_path)
    compute("blockMesh", tmp_path)
    compute("decomposePar", tmp_path)
    script = "[ $OMPI_COMM_WORLD_RANK = 1 ] && kill -9 $$; exec icoFoam -parallel"
    (tmp_path / "rank.sh").write_text(script)
    fault = fault_of("mpirun -np 2 --oversubscribe sh rank.sh", tmp_path)
    assert fault.kind == "killed" and "SIGKILL" in fault.message


def test_a_file_system_that_takes_no_more_is_named(cavity: Build, tmp_path: Path) -> None:
    """A limit of the file size stands for a full disk: to the solver it is the same failed write."""
    cavity(steps=2, write=1).write(tmp_path)
    compute("blockMesh", tmp_path)

    def limited() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    fault = fault_of("icoFoam", tmp_path, preexec_fn=limited)
    assert fault.kind == "disk" and fault.file.startswith("0.005/")
    assert fault.mend
