"""A drawing of HoloViews, shown alive where a notebook can (Bokeh) and as a PNG everywhere else (matplotlib).

Backgrounds are transparent and texts of a grey that is read on white and on black.
"""

from __future__ import annotations

import base64
import html
import io
import json
import sys
import uuid
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

BLUE, ORANGE, RED, GREY = "#3b82c4", "#e08a2b", "#d9453f", "#808080"
DOTS = 110
"""Dots per inch on a screen."""
WIDTH, HEIGHT = 4.2, 3.0
"""Size of one panel of a drawing [inches]."""
PIXELS = 88
"""Pixels of an inch in a living drawing."""
LIVE = """(function (place, item) {
  let tries = 0;
  const timer = setInterval(function () {
    const element = document.getElementById(place);
    if (element && window.Bokeh && window.Bokeh.embed) {
      clearInterval(timer);
      element.replaceChildren();
      window.Bokeh.embed.embed_item(item, place);
    } else if (++tries > 100) { clearInterval(timer); }
  }, 100);
})("%s", %s);"""
_SHOWN: list[bool] = []


class Picture:
    """A drawing; `holoviews` is the object of HoloViews, `save` writes a .png, .svg, .pdf or .html.

    `scale` is what its colours say, where they say something.
    """

    def __init__(self, draw: Callable[[str], Any], words: str = "", *, scale: str = "") -> None:
        self._draw, self.words, self.scale = draw, words, scale

    @property
    def holoviews(self) -> Any:
        """The object of HoloViews, for Bokeh."""
        _loaded()
        return self._draw("bokeh")

    def figure(self) -> Any:
        """As a figure of matplotlib."""
        _loaded()
        plot = import_module("holoviews").renderer("matplotlib").get_plot(self._draw("matplotlib"))
        figure = _painted(plot.state)
        if self.scale:
            _barred(figure, self.scale)
        return figure

    def bokeh(self) -> Any:
        """As a model of Bokeh."""
        _loaded()
        return _coloured(import_module("holoviews").renderer("bokeh").get_plot(self._draw("bokeh")).state)

    def save(self, path: str | Path) -> Path:
        """Write it; the kind of file is the ending of its name."""
        path = Path(path)
        if path.suffix == ".html":
            embed, resources = import_module("bokeh.embed"), import_module("bokeh.resources")
            path.write_text(embed.file_html(self.bokeh(), resources.INLINE, self.words or path.stem))
        else:
            self.figure().savefig(path, dpi=2 * DOTS, bbox_inches="tight")
        return path

    def __repr__(self) -> str:
        return f"<Picture: {self.words}>"

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        self.figure().savefig(drawn, format="png", dpi=DOTS, bbox_inches="tight")
        return drawn.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The PNG, and HTML that shows it until, and unless, scripts may make it live."""
        still = base64.b64encode(self._repr_png_()).decode("ascii")
        bundle = {"text/plain": repr(self), "image/png": still}
        if _in_kernel():
            place = f"flowcfd-{uuid.uuid4().hex}"
            item = json.dumps(import_module("bokeh.embed").json_item(self.bokeh(), place)).replace("</", "<\\/")
            image = f"<img alt='{html.escape(self.words)}' src='data:image/png;base64,{still}'>"
            bundle["text/html"] = f"{_library()}<div id='{place}'>{image}</div><script>{LIVE % (place, item)}</script>"
        return bundle


@cache
def _loaded() -> None:
    """HoloViews knows both backends; its own extension would write into a notebook."""
    import_module("holoviews.plotting.bokeh")
    import_module("holoviews.plotting.mpl")


def _in_kernel() -> bool:
    """Whether this is a kernel, whose front end may run scripts."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _library() -> str:
    """BokehJS itself, with the first drawing of a kernel only: no network is needed, and a notebook stays small."""
    if _SHOWN:
        return ""
    _SHOWN.append(True)
    resources = import_module("bokeh.resources").Resources(mode="inline", components=["bokeh"])
    return "".join(f"<script>{script}</script>" for script in resources.js_raw)


def _painted(figure: Any) -> Any:
    """matplotlib: no backgrounds, grey axes, only the two that carry numbers."""
    figure.patch.set_alpha(0.0)
    for axes in figure.axes:
        axes.patch.set_alpha(0.0)
        for side, spine in axes.spines.items():
            spine.set_color(GREY)
            spine.set_visible(side == "bottom" or (side == "left" and axes.yaxis.get_visible()))
        axes.tick_params(colors=GREY, which="both", labelsize=8)
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
            text.set_color(GREY)
            text.set_fontsize(9)
        legend = axes.get_legend()
        if legend is not None:  # above the panel, where no data are
            texts = [text.get_text() for text in legend.get_texts()]
            axes.legend(
                legend.legend_handles, texts, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(texts),
                frameon=False, labelcolor=GREY, fontsize=8, handlelength=1.4, columnspacing=1.4,
            )  # fmt: skip
    return figure


def _barred(figure: Any, words: str) -> None:
    """A bar of the colours, which HoloViews draws askew beside panels that are not square."""
    axes = figure.axes[0]
    shown = next(one for one in (*axes.images, *axes.collections) if one.get_array() is not None)
    bar = figure.colorbar(shown, ax=axes, pad=0.03, aspect=28)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=GREY, labelsize=8, length=2)
    bar.set_label(words, color=GREY, fontsize=9)


def _coloured(model: Any) -> Any:
    """Bokeh: the same."""
    for one in model.select({"type": import_module("bokeh.models").Plot}):
        one.background_fill_alpha = one.border_fill_alpha = 0.0
        one.outline_line_color = None
        one.title.text_color = GREY
        for axis in one.axis:
            axis.axis_line_color = axis.major_tick_line_color = GREY
            axis.axis_label_text_color = axis.major_label_text_color = GREY
            axis.axis_label_text_font_style, axis.minor_tick_line_color = "normal", None
            if type(axis.formatter).__name__ == "BasicTickFormatter":
                axis.formatter.power_limit_low, axis.ticker.desired_num_ticks = -4, 5
        for grid in one.grid:
            grid.grid_line_alpha = 0.15
        for legend in one.legend:
            legend.background_fill_alpha = legend.border_line_alpha = 0.0
            legend.label_text_color = GREY
        for bar in one.select({"type": import_module("bokeh.models").ColorBar}):
            bar.background_fill_alpha, bar.title_text_font_style, bar.bar_line_color = 0.0, "normal", None
            bar.major_label_text_color = bar.title_text_color = GREY
    return model
