"""What a rule calls an error really ends OpenFOAM, and what its mend makes of the case runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Rule, mend
from flowcfd.foam.steps import steps

CFD = (
    "fields", "patches", "constraints", "dimensions", "physics", "properties", "turbulence", "walls", "names"
)  # fmt: skip
RULES_OF_CFD = {
    name: rule for name, rule in RULES.items() if rule.inspect.__module__.rpartition(".")[2] in CFD
}  # fmt: skip
ERRORS = {
    name: rule
    for name, rule in RULES_OF_CFD.items()
    if any(one.severity == "error" for one in rule.findings(CaseView(rule.example.broken())))
}


def short(files: CaseFiles) -> CaseFiles:
    """The case with two time steps."""
    control = CaseView(files).control
    step = float(control["deltaT"])
    return files.edit("system/controlDict", endTime=2 * step, stopAt="endTime", writeInterval=1e6, functions=None) \
        if "functions" in control else files.edit("system/controlDict", endTime=2 * step, stopAt="endTime")  # fmt: skip


def runs(files: CaseFiles, folder: Path) -> tuple[bool, str]:
    """Whether all steps of a case end with 0, and what the last one said."""
    files.write(folder)
    installed = install.find()
    output = ""
    for step in steps(files):
        name, *arguments = step.split()
        if name not in installed.applications():
            return False, f"there is no {name}"
        done = subprocess.run(
            [installed.application(name), *arguments], cwd=folder, env=installed.environment(case=folder),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        output = done.stdout + done.stderr
        if done.returncode:
            return False, output
    return True, output


@pytest.mark.parametrize("rule", ERRORS.values(), ids=ERRORS)
def test_what_a_rule_calls_an_error_ends_openfoam(rule: Rule, tmp_path: Path) -> None:
    ended_well, output = runs(short(rule.example.broken()), tmp_path)
    assert not ended_well, output[-1000:]


MENDED = {
    name: rule
    for name, rule in ERRORS.items()
    if all(one.mend for one in rule.findings(CaseView(rule.example.broken())))
}  # fmt: skip


@pytest.mark.parametrize("rule", MENDED.values(), ids=MENDED)
def test_a_mended_case_runs(rule: Rule, tmp_path: Path) -> None:
    broken = rule.example.broken()
    after = mend(broken, rule.findings(CaseView(broken)))
    assert after.diff
    assert not rule.findings(CaseView(after.files))
    ended_well, output = runs(short(after.files), tmp_path)
    assert ended_well, output[-1000:]
