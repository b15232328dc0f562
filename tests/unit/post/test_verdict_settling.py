"""Whether what was measured has settled, on series that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.post import Results
from flowcfd.post.verdict import Judgement, pronounce
from flowcfd.post.verdict.judge import JUDGES

HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object x; }\n"
TIME = np.linspace(0, 100, 2001)[1:]


def judged(case: Path, cd: np.ndarray, cl: np.ndarray, *, steady: bool, time: np.ndarray = TIME) -> Judgement:
    """What is said of two coefficients over time."""
    folder = case / "postProcessing/body/0"
    folder.mkdir(parents=True)
    rows = "".join(f"{t:g}\t{a:.9g}\t{b:.9g}\n" for t, a, b in zip(time, cd, cl, strict=True))
    (folder / "coefficient.dat").write_text(f"# Force coefficients\n# Time\tCd\tCl\n{rows}")
    (case / "system").mkdir()
    (case / "system/controlDict").write_text(HEAD + "application pimpleFoam;\n")
    scheme = "steadyState" if steady else "Euler"
    (case / "system/fvSchemes").write_text(f"{HEAD}ddtSchemes {{ default {scheme}; }}\n")
    return pronounce(Results(case), judges=[("settled", JUDGES.get("settled"))])["settled"]


@pytest.mark.parametrize(
    ("cd", "colour", "words"),
    [
        (0.3 + np.exp(-TIME), "green", "body.Cd, body.Cl settled"),
        (0.3 * (1 + 0.02 * np.sin(2 * np.pi * TIME)), "amber", "body.Cd oscillates by ±2 %"),
        (0.3 * (1 + 0.2 * np.sin(2 * np.pi * TIME)), "red", "body.Cd oscillates by ±20 %"),
        (0.3 * (1 - TIME / 400), "amber", "body.Cd drifts by"),
    ],
)
def test_a_steady_measure_stays_where_it_is(tmp_path: Path, cd: np.ndarray, colour: str, words: str) -> None:
    found = judged(tmp_path, cd, 1e-5 * np.sin(TIME), steady=True)  # lift is noise beside drag
    assert found.colour == colour and words in found.sentence


@pytest.mark.parametrize(
    ("grows", "colour", "words"),
    [
        (np.ones_like(TIME), "green", "body.Cd, body.Cl settled"),
        (1 - np.exp(-TIME / 4), "green", "body.Cd, body.Cl settled"),
        (TIME / 100, "amber", "body.Cl swings about zero, by"),
    ],
)
def test_an_unsteady_swing_about_zero_is_settled_when_it_is_even(
    tmp_path: Path, grows: np.ndarray, colour: str, words: str
) -> None:
    found = judged(tmp_path, np.full_like(TIME, 1.3), 0.3 * grows * np.sin(1.1 * TIME), steady=False)
    assert found.colour == colour and words in found.sentence


def test_an_unsteady_mean_that_still_drifts_is_amber(tmp_path: Path) -> None:
    found = judged(tmp_path, 1 + TIME / 100, np.zeros_like(TIME), steady=False)
    assert found.colour == "amber" and "body.Cd" in found.sentence


def test_the_mean_of_uneven_steps_is_the_one_that_results_give(tmp_path: Path) -> None:
    swing = np.sin(np.arange(2000) / 15)
    time, cd = np.cumsum(0.0125 + 0.0075 * swing), 1.5 - 0.3 * swing  # short steps where the force is large
    found = judged(tmp_path, cd, 0.1 * cd, steady=False, time=time)
    mean = found.details["body.Cd"]["mean"]
    said = Results(tmp_path).settled("body.Cd", within=0.02, over=200)
    assert mean == pytest.approx(said.mean, rel=1e-9)
    assert mean == pytest.approx(1.41, abs=0.02)  # of time; that of rows is 1.5


def test_the_components_of_a_probed_vector_are_of_one_kind(tmp_path: Path) -> None:
    """In a plane flow the third component is noise over noise, and settles beside the others."""
    folder = tmp_path / "postProcessing/points/0"
    folder.mkdir(parents=True)
    noise = 1e-9 * np.random.default_rng(0).normal(size=len(TIME))
    rows = "".join(f"{t:g} (1 0.2 {w:.6g})\n" for t, w in zip(TIME, noise, strict=True))
    (folder / "U").write_text(f"# Probe 0 (0 0 0)\n#       Probe             0\n#        Time\n{rows}")
    (tmp_path / "system").mkdir()
    (tmp_path / "system/controlDict").write_text(HEAD + "application simpleFoam;\n")
    (tmp_path / "system/fvSchemes").write_text(HEAD + "ddtSchemes { default steadyState; }\n")
    found = pronounce(Results(tmp_path), judges=[("settled", JUDGES.get("settled"))])["settled"]
    assert found.colour == "green" and set(found.details) == {"Ux[0]", "Uy[0]", "Uz[0]"}
