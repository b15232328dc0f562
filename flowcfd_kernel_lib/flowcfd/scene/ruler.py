"""A scale bar: a round length in the corner of a picture, right at every zoom."""

from __future__ import annotations

import math
from typing import Any

from flowcfd.scene.stage import letters

SHARE, MARGIN = 0.2, 18
"""The bar is at most this share of the picture's width; pixels between it and the border."""
UNITS = ((1e3, "km"), (1.0, "m"), (1e-3, "mm"), (1e-6, "µm"))


def nice(longest: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above a length."""
    power = 10.0 ** math.floor(math.log10(longest))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= longest * (1 + 1e-9))


def words(length: float) -> str:
    """A length [m] as it is said: "50 mm", "2 m"."""
    times, unit = next((pair for pair in UNITS if length >= 0.9999 * pair[0]), UNITS[-1])
    return f"{length / times:.6g} {unit}"


class Ruler:
    """The bar on a plotter, put right before each drawing; for cameras without perspective."""

    def __init__(self, plotter: Any, ink: str, *, above: float, paper: str = "") -> None:
        from vtkmodules.vtkCommonCore import vtkPoints
        from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
        from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D, vtkTextActor

        from flowcfd.scene.colours import rgb

        self._plotter, self._above = plotter, above
        self._points = vtkPoints()
        self._points.SetNumberOfPoints(6)
        lines = vtkCellArray()
        for pair in ((0, 1), (2, 3), (4, 5)):
            lines.InsertNextCell(2, pair)
        self._shape = vtkPolyData()
        self._shape.SetPoints(self._points)
        self._shape.SetLines(lines)
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(self._shape)
        bar, self._text = vtkActor2D(), vtkTextActor()
        bar.SetMapper(mapper)
        bar.GetProperty().SetColor(*rgb(ink))
        bar.GetProperty().SetLineWidth(2)
        how = self._text.GetTextProperty()
        how.SetColor(*rgb(ink))
        how.SetJustificationToCentered()
        if paper:  # read also on a field that lies behind it
            how.SetBackgroundColor(*rgb(paper))
            how.SetBackgroundOpacity(0.7)
        for actor in (bar, self._text):
            plotter.add_actor(actor, reset_camera=False, pickable=False)
        self._bar = bar
        self._watch = plotter.renderer.AddObserver("StartEvent", lambda *_: self.update())
        self.length = 0.0
        self.update()

    def update(self) -> None:
        """As long as the camera makes it; no longer watched once it was taken off the plotter."""
        if not self._plotter.renderer.HasViewProp(self._bar):
            self._plotter.renderer.RemoveObserver(self._watch)
            return
        wide, tall = self._plotter.window_size
        pixel = 2 * self._plotter.camera.parallel_scale / max(tall, 1)  # [m]
        if not (pixel > 0 and math.isfinite(pixel)):
            return
        self.length = nice(SHARE * wide * pixel)
        right, low = wide - MARGIN, self._above + MARGIN / 2
        left, tick = right - self.length / pixel, 5
        ends = ((left, low), (right, low), (left, low - tick), (left, low + tick), (right, low - tick),
                (right, low + tick))  # fmt: skip
        for number, (x, y) in enumerate(ends):
            self._points.SetPoint(number, x, y, 0)
        self._points.Modified()
        self._shape.Modified()
        self._text.SetInput(words(self.length))
        self._text.GetTextProperty().SetFontSize(letters(14, wide))
        self._text.SetPosition((left + right) / 2, low + 6)
