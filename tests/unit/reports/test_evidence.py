"""What speaks for the numbers of a report: benchmarks and families of meshes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flowcfd.benchmarks.outcome import Comparison, Curve, Outcome, Plot
from flowcfd.benchmarks.validation import Validation
from flowcfd.errors import CaseError
from flowcfd.reports import Subject, report
from flowcfd.reports.blocks import Figure, Marks, Rows
from flowcfd.reports.evidence import benchmark, grids
from flowcfd.reports.report import _with

OUTCOME = Outcome(
    benchmark="cavity",
    comparisons=(
        Comparison(measure="u", value=-0.2, reference=-0.21, source="Ghia", band=(-0.22, -0.19)),
        Comparison(measure="drag", value=1.3, reference=1.0, source="Somebody", band=(0.9, 1.1), unit="N"),
    ),
    plots=(Plot("u", "y", "u", (Curve("computed", [0.0, 1.0], [0.0, 1.0]),)),),
    cells=(1600,),
    quick=True,
)


def test_a_benchmark_stands_beside_what_was_published_with_its_band() -> None:
    section = benchmark(Subject(evidence=(OUTCOME,)))
    assert section is not None
    words, rows, marks, figure = section.blocks
    assert words.text == "cavity, its quick form, 1,600 cells."  # type: ignore[union-attr]
    assert isinstance(rows, Rows)
    assert list(rows.rows) == [("u", "-0.2", "-0.21", "+4.8 %"), ("drag", "1.3 N", "1 N", "+30.0 %")]
    assert isinstance(marks, Marks)
    assert [shade for shade, _, _ in marks.marks] == ["green", "red"]
    assert marks.marks[1][2] == "outside of the band 0.9 to 1.1 N; Somebody"
    assert isinstance(figure, Figure)
    assert figure.content.startswith(b"\x89PNG")


def test_without_evidence_there_is_no_section() -> None:
    assert benchmark(Subject()) is None
    assert grids(Subject(evidence=(OUTCOME,))) is None


def test_a_validation_is_all_its_outcomes() -> None:
    assert _with(Subject(), [Validation((OUTCOME, OUTCOME))], ()).evidence == (OUTCOME, OUTCOME)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"evidence": [3]}, r"evidence: give what fc.studies.independence or .* gave \(got int\)"),
        ({"scenes": ["U"]}, r"scenes: give Scenes, .*\(got str\)"),
    ],
)
def test_what_is_no_evidence_is_refused(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    with pytest.raises(CaseError, match=said):
        report(tmp_path, tmp_path / "a.html", **given)
    assert not (tmp_path / "a.html").exists()
