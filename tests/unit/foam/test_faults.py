"""The cause of a stage's end, from texts that OpenFOAM 1912 and Open MPI 4.1 printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.foam.faults import Fault, cause

HEALTHY = """\
Build  : OPENFOAM=1912 patch=200626
trapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).
Create time

Time = 0.005
"""

PATCH = """\


--> FOAM FATAL IO ERROR: 
Cannot find patchField entry for fixedWalls

file: /case/0/p.boundaryField from line 25 to line 32.

    From function void Foam::GeometricField<Type, PatchField, GeoMesh>::Boundary::readField(...)
    in file lnInclude/GeometricBoundaryField.C at line 173.

FOAM exiting

"""  # noqa: W291

UNKNOWN = """\
--> FOAM FATAL IO ERROR: 
Unknown patchField type noSlipp for patch type wall

Valid patchField types :

3
(
fixedValue
noSlip
slip
)


file: /case/0/U.boundaryField.fixedWalls at line 31.

    From function static Foam::tmp<Foam::fvPatchField<Type> > Foam::fvPatchField<Type>::New(...)
    in file lnInclude/fvPatchFieldNew.C at line 131.

FOAM exiting
"""  # noqa: W291

SCHEME = """\
--> FOAM FATAL IO ERROR: 
Entry 'div(phi,U)' not found in dictionary "/case/system/fvSchemes.divSchemes"


file: /case/system/fvSchemes.divSchemes at line 31.

FOAM exiting
"""  # noqa: W291

PARALLEL = """\
[1] 
[1] 
[1] --> FOAM FATAL IO ERROR: 
[1] Cannot find patchField entry for fixedWalls
[1] 
[1] file: /case/processor1/0/p.boundaryField from line 27 to line 37.
[1] 
[1]     From function void Foam::GeometricField<Type, PatchField, GeoMesh>::Boundary::readField(...)
[1]     in file lnInclude/GeometricBoundaryField.C at line 173.
[1] 
FOAM parallel run exiting
[1] 
--------------------------------------------------------------------------
MPI_ABORT was invoked on rank 1 in communicator MPI_COMM_WORLD
with errorcode 1.
"""  # noqa: W291

DIMENSIONS = """\
--> FOAM FATAL ERROR: 

    [U[0 1 -2 0 0 0 0] ] == [-grad(p)[1 -2 -2 0 0 0 0] ]

    From function void Foam::checkMethod(...)
    in file lnInclude/fvMatrix.C at line 1369.

FOAM aborting

#0  Foam::error::printStack(Foam::Ostream&) at ??:?
#1  Foam::error::abort() at ??:?
"""  # noqa: W291

FULL = """\
--> FOAM FATAL IO ERROR: 
error in IOstream "/case/1/nut" for operation Foam::Ostream& Foam::operator<<(Foam::Ostream&, Foam::doubleScalar)

file: /case/1/nut at line 1483.

    From function virtual bool Foam::IOstream::check(const char*) const
    in file db/IOstreams/IOstreams/IOstream.C at line 55.

FOAM exiting
"""  # noqa: W291

FLOAT = """\
#0  Foam::error::printStack(Foam::Ostream&) at ??:?
#1  Foam::sigFpe::sigHandler(int) at ??:?
#2  ? in /lib/x86_64-linux-gnu/libc.so.6
#3  Foam::scalarProduct<double, double>::type Foam::sumProd<double>(Foam::UList<double> const&) at ??:?
#4  Foam::PCG::scalarSolve(Foam::Field<double>&, Foam::Field<double> const&, unsigned char) const at ??:?
"""

FLOAT_OF_TWO_RANKS = """\
[1] #0  [0] Foam::error::printStack(Foam::Ostream&)#0  Foam::error::printStack(Foam::Ostream&) at ??:?
 at ??:?
[0] #[1] #1  Foam::sigFpe::sigHandler(int)1  Foam::sigFpe::sigHandler(int) at ??:?
[0] #2  ? at ??:?
[1] #2  ? in /lib/x86_64-linux-gnu/libc.so.6
 in [0] /lib/x86_64-linux-gnu/libc.so.6
#3  Foam::PCG::scalarSolve(Foam::Field<double>&)[1] #3  Foam::PCG::scalarSolve(Foam::Field<double>&) at ??:?
mpirun noticed that process rank 0 with PID 0 on node vm exited on signal 8 (Floating point exception).
"""

KILLED = """\
--------------------------------------------------------------------------
mpirun noticed that process rank 1 with PID 0 on node vm exited on signal 9 (Killed).
--------------------------------------------------------------------------
"""

ABSENT = """\
--------------------------------------------------------------------------
mpirun was unable to find the specified executable file, and therefore
did not launch the job.  This error was first reported for process
rank 0; it may have occurred for other processes as well.

Node:       vm
Executable: icoFoamm
--------------------------------------------------------------------------
"""


@pytest.mark.parametrize(
    ("returncode", "text", "kind", "place", "message"),
    [
        (1, PATCH, "input", "0/p:25 boundaryField", "field p has no boundary condition for patch fixedWalls"),
        (
            1, UNKNOWN, "input", "0/U:31 boundaryField.fixedWalls",
            "there is no boundary condition noSlipp for field U",
        ),
        (
            1, SCHEME, "input", "system/fvSchemes:31 divSchemes",
            "there is no scheme for the term div(phi,U)",
        ),
        (
            1, PARALLEL, "input", "processor1/0/p:27 boundaryField",
            "field p has no boundary condition for patch fixedWalls",
        ),
        (
            -6, DIMENSIONS, "input", "",
            "the equation of U does not fit by its dimensions: U [0 1 -2 0 0 0 0] == -grad(p) [1 -2 -2 0 0 0 0]",
        ),
        (1, FULL, "disk", "1/nut", "could not write 1/nut: the disk is full or failed"),
        (137, KILLED, "killed", "", "MPI rank 1 was ended by signal 9 (SIGKILL)"),
        (134, ABSENT, "application", "", "there is no executable 'icoFoamm'"),
        (1, "\nInvalid option: -nonsense\n\nEnd\n", "application", "", "Invalid option: -nonsense"),
        (-9, "", "killed", "", "ended by signal 9 (SIGKILL)"),
        (137, HEALTHY, "killed", "", "ended by signal 9 (SIGKILL)"),
        (127, "", "application", "", "there is no such executable (exit code 127)"),
        (3, HEALTHY, "unknown", "", "ended with exit code 3; its last line: Time = 0.005"),
        (None, "", "unknown", "", "ended, nobody saw how and printed nothing"),
    ],
)  # fmt: skip
def test_the_cause_names_kind_place_and_message(
    returncode: int | None, text: str, kind: str, place: str, message: str
) -> None:
    fault = cause(returncode, text, case=Path("/case"))
    assert (fault.kind, fault.place, fault.message) == (kind, place, message)


@pytest.mark.parametrize("text", [FLOAT, FLOAT_OF_TWO_RANKS])
def test_a_floating_point_exception_names_the_function(text: str) -> None:
    fault = cause(136, HEALTHY + text)
    assert fault.kind == "diverged"
    assert fault.message.startswith("floating point exception in Foam::")


def test_a_divergence_says_when_and_after_which_field() -> None:
    solved = "smoothSolver:  Solving for Ux, Initial residual = 1, Final residual = 1e9, No Iterations 1000\n"
    assert "sumProd at time 0.005 after Ux was solved: a number" in cause(-8, HEALTHY + solved + FLOAT).message


def test_a_floating_point_exception_without_its_stack_is_one_still() -> None:
    assert cause(-8, HEALTHY).kind == "diverged"


def test_the_header_of_a_healthy_log_is_no_floating_point_exception() -> None:
    assert cause(1, HEALTHY).kind == "unknown"


def test_the_text_counts_on_either_stream() -> None:
    assert cause(1, "", HEALTHY + PATCH, case=Path("/case")).file == "0/p"


def test_a_message_without_its_end_is_read_as_far_as_it_goes() -> None:
    cut = PATCH[: PATCH.index("file:")]
    assert cause(1, cut).said == "Cannot find patchField entry for fixedWalls"


def test_a_field_with_a_dot_in_its_name_is_found_on_disk(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "alpha.water").touch()
    text = PATCH.replace("/case/0/p.boundaryField", f"{tmp_path}/0/alpha.water.boundaryField.walls")
    fault = cause(1, text, case=tmp_path)
    assert (fault.file, fault.entry) == ("0/alpha.water", "boundaryField.walls")


def test_the_mend_is_told_where_it_is_known() -> None:
    assert cause(1, PATCH).mend.startswith("add an entry for patch fixedWalls to boundaryField")
    assert str(Fault("disk", "no space", mend="free some")) == "no space; free some"
    assert (
        "method hierarchical"
        in cause(1, "--> FOAM FATAL ERROR: \nAttempted to use <scotch> without the\nFOAM exiting").mend
    )
