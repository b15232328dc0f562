"""Pictures: that they are drawn for both screens, say what is on their axes, and hide no failure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.studies import picture, plots
from flowcfd.studies.measured import Measured, Outcome, Parameter
from flowcfd.studies.picture import RED, Picture
from flowcfd.studies.sensitivity import sobol
from flowcfd.studies.surface import Surface, through
from flowcfd.uncertain import Uncertain

pytestmark = pytest.mark.flow

TWO = (Parameter("boundaries.inlet.speed", "speed", "m/s", 5, 20), Parameter("domain.length", "length", "m", 1, 3))


def found(parameters: tuple[Parameter, ...] = TWO) -> Measured:
    rows = np.random.default_rng(1).random((10, len(parameters)))
    rows = np.array([one.low for one in parameters]) + rows * np.array([one.high - one.low for one in parameters])
    outcomes = tuple(
        Outcome(
            n,
            {one.path: float(x) for one, x in zip(parameters, row, strict=True)},
            "Failed" if n == 4 else "Done",
            None if n == 4 else Uncertain(float(row[0] ** 2 + row[-1]), 3.0, unit="N"),
        )
        for n, row in enumerate(rows)
    )
    return Measured("drag", "body.Fx", outcomes, parameters, unit="N")


@pytest.fixture(scope="module")
def surface() -> Surface:
    return through(found())


def texts(picture: Picture) -> set[str]:
    return {
        text.get_text()
        for axes in picture.figure().axes
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title, *axes.texts, *axes.get_xticklabels())
    }


def crosses(picture: Picture) -> int:
    """How many red marks or lines are there."""
    from matplotlib.colors import same_color

    marks = 0
    for axes in picture.figure().axes:
        for one in axes.collections:
            faces, edges = one.get_facecolor(), one.get_edgecolor()
            colours = [*np.atleast_2d(faces), *np.atleast_2d(edges)] if len(faces) or len(edges) else []
            marks += any(same_color(colour[:3], RED) for colour in colours if len(colour))
    return marks


def test_a_scatter_has_a_panel_for_each_parameter_with_units_and_the_failed_points() -> None:
    made = Picture(lambda backend: plots._scatter([found()], backend))
    assert {"speed [m/s]", "length [m]", "body.Fx [N]"} <= texts(made)
    assert crosses(made) == 2
    assert made._repr_png_().startswith(b"\x89PNG")


def test_parallel_coordinates_have_a_line_for_each_point(tmp_path: Path) -> None:
    made = Picture(lambda backend: plots._parallel([found()], backend), scale="body.Fx [N]")
    assert {"speed [m/s]", "length [m]", "body.Fx [N]"} <= texts(made)
    assert crosses(made) == 1
    made.save(tmp_path / "lines.html")
    assert "body.Fx [N]" in (tmp_path / "lines.html").read_text()


def test_a_surface_is_drawn_over_one_or_two_parameters(surface: Surface) -> None:
    flat, line = surface.plot(), surface.plot("speed", at={"length": "150 cm"})
    assert {"speed [m/s]", "length [m]", "body.Fx [N]"} <= texts(flat)
    assert crosses(flat) == 1
    assert {"speed [m/s]", "body.Fx [N]", "length = 1.5 m"} <= texts(line)
    assert type(line.bokeh()).__name__ == "figure"
    single = through(found(TWO[:1])).plot()
    assert crosses(single) == 1, "the failed point of the only parameter"
    with pytest.raises(UnknownName, match="unknown parameter 'sped'"):
        surface.plot("sped")
    with pytest.raises(CaseError, match="over one or two parameters"):
        surface.plot("speed", "length", "speed")


def test_sensitivities_are_bars(surface: Surface, tmp_path: Path) -> None:
    made = sobol(surface, samples=64).plot()
    assert "share of the variance" in texts(made)
    assert made.save(tmp_path / "bars.svg").stat().st_size > 1000
    assert type(made.bokeh()).__name__ == "figure"


def test_a_picture_is_read_on_white_and_on_black(surface: Surface) -> None:
    figure = surface.plot().figure()
    assert figure.patch.get_alpha() == 0
    assert all(axes.patch.get_alpha() == 0 for axes in figure.axes[:1])
    living = surface.plot().bokeh()
    assert living.background_fill_alpha == living.border_fill_alpha == 0


def test_outside_of_a_kernel_a_picture_is_a_png_and_in_one_it_is_live_without_a_network(
    surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(surface.plot()._repr_mimebundle_()) == {"text/plain", "image/png"}
    monkeypatch.setattr(picture, "_in_kernel", lambda: True)
    monkeypatch.setattr(picture, "_SHOWN", [])
    first, second = (surface.plot()._repr_mimebundle_()["text/html"] for _ in range(2))
    assert len(first) > 500_000 > len(second), "the library comes once"
    for html in (first, second):
        assert "data:image/png;base64," in html, "what is seen where scripts may not run"
        assert "src=" not in html.replace("src='data:image/png", "").partition("<div id=")[2]
