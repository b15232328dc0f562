"""What went wrong in a run that ended, and how a run blew up, by logs as OpenFOAM 1912 writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowcfd.foam.faults import Fault, catalogue, cause, diverging, of_logs, troubles
from flowcfd.foam.faults.history import steps
from flowcfd.foam.faults.trouble import SIGNS

HEADER = "trapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).\nCreate time\n\n"
STACK = """\
#0  Foam::error::printStack(Foam::Ostream&) at ??:?
#1  Foam::sigFpe::sigHandler(int) at ??:?
#2  ? in /lib/x86_64-linux-gnu/libc.so.6
#3  Foam::scalarProduct<double, double>::type Foam::sumProd<double>(Foam::UList<double> const&) at ??:?
"""


def solved(field: str, initial: float = 1e-3, final: float = 1e-6, iterations: int = 3) -> str:
    return (
        f"smoothSolver:  Solving for {field}, Initial residual = {initial:g}, Final residual = {final:g}, "
        f"No Iterations {iterations}\n"
    )


def bounded(field: str, low: float, average: float = 1.0) -> str:
    return f"bounding {field}, min: {low:g} max: 10 average: {average:g}\n"


def log(*bodies: str, courants: tuple[float, ...] = ()) -> str:
    """A log with one step per body, its Courant number before the `Time =` line as pimpleFoam writes it."""
    parts = [HEADER]
    for number, body in enumerate(bodies, start=1):
        if courants:
            parts.append(f"Courant Number mean: 0.1 max: {courants[number - 1]:g}\n")
        parts.append(f"Time = {number}\n\n{body}ExecutionTime = 1 s  ClockTime = 1 s\n\n")
    return "".join(parts)


def names(text: str) -> list[str]:
    return [fault.name for fault in troubles(text)]


def test_the_history_has_residuals_bounds_courant_number_and_continuity_of_each_step() -> None:
    error = "time step continuity errors : sum local = 2e-07, global = -1e-19, cumulative = -4e-19\n"
    first, second = steps(log(solved("Ux") + error + bounded("k", -2.0), solved("p", 0.5), courants=(0.4, 0.9)))
    assert (first.time, first.courant, first.continuity) == (1.0, 0.4, 2e-07)
    assert (first.solves[0].field, first.bounds[0].field, first.bounds[0].low) == ("Ux", "k", -2.0)
    assert (second.courant, second.solves[0].initial, second.bounds) == (0.9, 0.5, [])


def test_a_courant_number_after_the_time_belongs_to_that_step_as_well() -> None:
    text = f"Time = 0.005\n\nCourant Number mean: 0.1 max: 0.5\n{solved('Ux')}Time = 0.01\n\n{solved('Ux')}"
    assert [step.courant for step in steps(text)] == [0.5, None]


def test_a_region_s_errors_and_the_pair_of_courant_numbers_are_read() -> None:
    text = (
        "Mean and max Courant Numbers = 0.13 0.19\ndeltaT = 0.002\nTime = 1\n\n"
        "time step continuity errors (topAir): sum local = 3e-05, global = 1e-09, cumulative = 1e-09\n"
    )
    (step,) = steps(text)
    assert (step.courant, step.deltaT, step.continuity) == (0.19, 0.002, 3e-05)


def test_nothing_is_said_of_a_healthy_log() -> None:
    assert troubles(log(*[solved("Ux") + solved("p")] * 30)) == ()


def test_fields_bounded_at_the_start_only_are_no_flood() -> None:
    start, later = solved("k") + bounded("k", -0.5), solved("k")
    assert names(log(*[start] * 10, *[later] * 30)) == []


def test_a_field_far_below_zero_to_the_end_is_a_flood() -> None:
    (fault,) = troubles(log(*[solved("k") + bounded("k", -0.5)] * 40))
    assert (fault.name, fault.kind, fault.field) == ("bounded-flood", "numerics", "k")
    assert "28 of the last 28 steps (lowest -0.5, average 1)" in fault.message and "div(phi,k)" in fault.mend


def test_small_undershoots_are_no_flood_as_good_runs_have_them() -> None:
    assert names(log(*[solved("k") + bounded("k", -0.01)] * 40)) == []


def test_a_linear_solver_that_gives_up_in_each_step_is_named_once_for_all_components() -> None:
    body = solved("Ux", iterations=1000) + solved("Uy", iterations=1000)
    (fault,) = troubles(log(*[body] * 20))
    assert (fault.name, fault.field) == ("linear-solver-stalls", "U")


def test_a_wild_courant_number_is_told_with_its_time() -> None:
    (fault,) = troubles(log(*[solved("Ux")] * 5, courants=(0.5, 0.5, 300.0, 0.5, 0.5)))
    assert (fault.name, fault.time, fault.courant) == ("courant-wild", 3.0, 300.0)


def test_a_time_step_that_collapsed_is_told() -> None:
    text = "".join(f"deltaT = {size:g}\nTime = {n}\n\n{solved('Ux')}" for n, size in enumerate((1e-3, 1e-3, 1e-9)))
    assert names(text) == ["time-step-collapsed"]


def test_nan_in_the_last_residuals_is_a_divergence_and_hides_what_follows_from_it() -> None:
    text = (
        log(solved("Ux"), solved("Uy", float("nan"), float("nan"), 1000), *[solved("Uy", float("nan"))] * 20) + "End\n"
    )
    (fault,) = troubles(text)
    assert (fault.name, fault.kind, fault.field, fault.time) == ("ended-with-nan", "diverged", "U", 2.0)
    assert cause(0, text) == fault


def test_nan_in_a_line_of_another_kind_is_none() -> None:
    assert names(log(*[solved("Ux")] * 3) + "Added 0 out of 0 cells (-nan%).\n") == []


def test_the_same_warning_is_told_once() -> None:
    warning = "--> FOAM Warning : \n    From function void f()\n    in file x.C at line 3\n    Field T not found\n\n"
    assert names(log(*[solved("Ux") + warning] * 5)) == ["no-field-to-evaluate"]


def test_a_blow_up_names_the_field_that_grew_and_not_the_one_solved_last() -> None:
    body = solved("Ux") + solved("p") + solved("k")
    text = log(*[body + bounded("k", -1.0)] * 5, body + bounded("k", -1e9), solved("Ux")) + STACK
    fault = cause(-8, text)
    assert (fault.name, fault.field, fault.time) == ("steady-blow-up", "k", 7.0)
    assert "after Ux was solved" in fault.message and "k blew up first" in fault.message
    assert "relaxation" in fault.mend


def test_a_time_step_that_was_too_large_all_along_is_told_with_the_factor_it_needs() -> None:
    fault = cause(136, log(*[solved("Ux")] * 4, courants=(5.0, 50.0, 5e4, 5e9)) + STACK)
    assert (fault.name, fault.field, fault.courant) == ("courant-blow-up", "U", 5e9)
    assert "multiply deltaT by 0.1 " in fault.mend


def test_a_courant_number_that_was_fine_before_does_not_blame_the_time_step() -> None:
    fault = cause(136, log(*[solved("Ux")] * 4, courants=(0.4, 0.5, 5e4, 5e9)) + STACK)
    assert fault.name == "transient-blow-up" and "Courant number then 5e+09" in fault.message


def test_a_solver_stopped_in_time_gets_the_same_mend_and_is_no_exception() -> None:
    fault = diverging(log(*[solved("Ux")] * 4, courants=(5.0, 50.0, 5e4, 5e9)))
    assert fault.name == "courant-blow-up" and "exception" not in fault.message


def test_logs_are_read_at_both_ends_and_one_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    lost = "--> FOAM Warning : \nUnknown function type residuals\n\nValid function types :\n\n1\n(\nabort\n)\n\n"
    body = log(*[solved("Ux") + solved("p")] * 20_000).replace(HEADER, "")
    path = tmp_path / "log.simpleFoam"
    path.write_text(f"{HEADER}{lost}--> while loading function object 'a'\n\n{body}{'Failed 2 mesh checks.'}\n")
    assert path.stat().st_size > 2_000_000
    found = of_logs([path, tmp_path / "log.gone"], case=tmp_path)
    assert [fault.name for fault in found] == ["function-object-unknown", "mesh-check-failed"]


def test_a_fault_comes_back_from_json_as_it_was_and_unknown_keys_do_not_matter() -> None:
    fault = Fault("diverged", "it blew up", "0/U", 3, courant=0.0, time=0.0, valid=("a", "b"), name="x")
    assert Fault.from_json({**fault.to_json(), "later": 1}) == fault


@pytest.mark.parametrize(
    "text", ["", "\0\n", "--> FOAM FATAL ERROR: \n", "#1  Foam::sigFpe::sigHandler(int)\n", "{x}\n%"]
)
def test_no_text_makes_it_fail(text: str) -> None:
    for returncode in (None, 0, 1, -8, 134, 255, -64, 193):
        assert "\n" not in str(cause(returncode, text))
    assert isinstance(troubles(text), tuple)


@pytest.mark.parametrize("name", [entry.name for entry in catalogue().values() if entry.on == "warning"])
def test_every_warning_of_the_catalogue_has_a_sign_in_the_words_that_it_is_recognised_by(name: str) -> None:
    words = re.split(r"\\s[+*]|\(\?:.*\||\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)", catalogue()[name].pattern)
    assert any(sign in word.replace("\\", "") for sign in SIGNS for word in words)


def test_a_log_without_trouble_needs_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    def unread() -> None:
        raise AssertionError("the catalogue was read")

    monkeypatch.setattr("flowcfd.foam.faults.trouble.catalogue", unread)
    assert troubles(log(*[solved("Ux") + solved("p")] * 20)) == ()
    assert troubles(HEADER + "Creating block mesh topology\n\nEnd\n") == ()
