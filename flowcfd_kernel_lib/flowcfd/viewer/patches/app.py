"""The page of a picking: the body, the ways to pick on it, and how it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowcfd.errors import CaseError
from flowcfd.viewer.kinds import Spec, Tell
from flowcfd.viewer.live import Live
from flowcfd.viewer.patches.picking import How, Picking, picking
from flowcfd.viewer.patches.shell import Shell
from flowcfd.viewer.patches.sight import MODES, Sight
from flowcfd.viewer.patches.stage import Stage

PAGE = Path(__file__).parent / "page"
STATES = ("mode", "angle", "behind", "edges", "labels", "opacity", "paint", "view", "dark")
"""What the toolbar changes, by its names in the page."""
LOOKS = {
    "iso": "Oblique, front", "back": "Oblique, back", "below": "From below", "-x": "From -x", "x": "From +x",
    "-y": "From -y", "y": "From +y", "z": "From above", "-z": "From -z",
}  # fmt: skip
HELP = {
    "click": "Click a face. Shift: add or take away. Ctrl: take away. Drag turns.",
    "box": "Drag a box. Shift: add or take away. Ctrl: take away. Other modes turn.",
    "angle": "Click a face: neighbours within the angle come too. Shift, Ctrl as for a click.",
}


class App:
    """One picking in a page; what is picked here is told to the notebook."""

    def __init__(self, server: Any, live: Live, spec: Spec, tell: Tell) -> None:
        self._server, self._live, self._tell = server, live, tell
        self._seeds: frozenset[int] = frozenset()
        self._sight = Sight.from_json(spec)
        self._shell = Shell.load(Path(self._sight.shell))
        self._stage = Stage(live.plotter, self._shell)
        self._stage.show(self._sight)
        live.on_size.append(self._resized)
        live.on_rest.append(self._rested)
        self._put()

    def spec(self) -> Spec:
        """What is shown and chosen, as JSON."""
        return self._sight.to_json()

    def replace(self, spec: Spec) -> None:
        """Show another picking, looked at as it is here. Raises FlowError, and then shows what it showed before.

        With "only": "hover" all that was picked here meanwhile stays too: the notebook may not have heard of it yet.
        """
        new = Sight.from_json(spec).changed(**{name: getattr(self._sight, name) for name in STATES})
        if spec.get("only") == "hover" and new.shell == self._sight.shell:
            new = self._sight.changed(hover=new.hover)
        if new.shell != self._sight.shell:
            shell = Shell.load(Path(new.shell))
            self._live.plotter.clear_actors()
            self._shell, self._stage = shell, Stage(self._live.plotter, shell)
        self._show(new, tell=False)
        self._put()

    def click(self, x: float, y: float, how: How, mode: str = "") -> None:
        """A click at a place of the picture; beside the body it chooses nothing.

        It comes with the mode of the page, which may have been changed a moment before and not be known here yet.
        """
        if mode in MODES:
            self._sight = self._sight.changed(mode=mode)
        face = self._stage.at(x, y)
        picked = self._picking()
        if face is None:
            if how == "only":
                self._choose(picked.none())
            return
        self._seeds = frozenset([face])
        if self._sight.mode == "angle":
            grown = self._shell.grown([face], self._sight.angle)
            self._choose(picked.picked(grown, _of_group(how, grown, picked.chosen)))
        else:
            self._choose(picked.picked([face], how))

    def box(self, rectangle: Sequence[float], how: How) -> None:
        """A box (left, top, right, bottom) over the picture."""
        left, top, right, bottom = rectangle
        find = self._stage.within if self._sight.behind else self._stage.seen
        found = find((left, top, right, bottom))
        self._choose(self._picking().picked(found, _of_group(how, found, frozenset(self._sight.chosen))))

    def changed(self, **values: Any) -> None:
        """The toolbar was used; another angle grows the last click again."""
        mine = {name: values[name] for name in STATES if name in values}
        mine |= {name: float(mine[name]) for name in ("angle", "opacity") if name in mine}
        new = self._sight.changed(**mine)
        if new == self._sight:
            return
        turned = new.mode == "angle" and new.angle != self._sight.angle and self._seeds
        self._show(new)
        if turned:
            self._choose(self._picking().picked(self._shell.grown(self._seeds, new.angle)))

    def look(self) -> None:
        """The selection, or all of it, from the side that is set."""
        self._stage.look(self._sight.view, self._sight.chosen)
        self._live.changed()

    def _resized(self) -> None:
        self._stage.resized()
        self._live.changed()

    def _rested(self) -> None:
        """The body was turned: other patches are seen, and have their names."""
        self._stage.label()
        self._live.changed()

    def _picking(self) -> Picking:
        return picking(self._shell, self._sight.names).picked(self._sight.chosen)

    def _choose(self, picked: Picking) -> None:
        self._show(self._sight.changed(chosen=tuple(sorted(picked.chosen))))

    def _show(self, sight: Sight, *, tell: bool = True) -> None:
        self._stage.show(sight)
        self._sight = sight
        self._live.changed()
        if tell:
            self._tell({"flowcfd": "changed", "spec": self.spec()})

    def _put(self) -> None:
        """The state of the page as the sight has it."""
        with self._server.state as state:
            for name in STATES:
                state[f"fp_{name}"] = getattr(self._sight, name)


def _of_group(how: How, group: frozenset[int], chosen: frozenset[int]) -> How:
    """Several faces are added or taken away together: taken away when all of them are chosen."""
    return how if how != "toggle" else "remove" if group <= chosen else "add"


def build(server: Any, live: Live, spec: Spec, tell: Tell) -> App:
    """The page with toolbar, picture and a line of help. Raises FlowError."""
    server.enable_module(
        {
            "serve": {"__flowcfd_patches": str(PAGE)},
            "scripts": ["__flowcfd_patches/patches.js"],
            "styles": ["__flowcfd_patches/patches.css"],
        }
    )
    app = App(server, live, spec, tell)
    server.state.fp_help = HELP
    server.controller.trigger("fp_click")(app.click)
    server.controller.trigger("fp_box")(app.box)
    server.controller.trigger("fp_look")(app.look)

    def told(**values: Any) -> None:
        try:
            app.changed(**{name: values[f"fp_{name}"] for name in STATES})
        except (CaseError, ValueError):
            app._put()  # what the page cannot have sent by its controls

    server.state.change(*(f"fp_{name}" for name in STATES))(told)
    _layout(server, live)
    return app


def _layout(server: Any, live: Live) -> None:
    from trame.ui.html import DivLayout
    from trame.widgets import html

    with DivLayout(server) as layout:
        layout.root.style = "height:100vh"
        with html.Div(raw_attrs=[":class=\"['fp', fp_dark ? 'fp-dark' : '']\""]):
            _toolbar(html)
            with html.Div(
                raw_attrs=['class="fp-view" :data-mode="fp_mode" role="img" aria-label="The body, to pick faces on"']
            ):
                live.widget()
            html.Div("{{ fp_help[fp_mode] }}", raw_attrs=['class="fp-help" role="status"'])


def _toolbar(html: Any) -> None:
    with html.Div(raw_attrs=['class="fp-bar" role="toolbar" aria-label="Pick and look"']):
        with html.Span(raw_attrs=['class="fp-modes" role="group" aria-label="Ways to pick"']):
            for mode in MODES:
                pressed = f":aria-pressed=\"fp_mode === '{mode}'\" @click=\"fp_mode = '{mode}'\""
                html.Button(mode.capitalize(), raw_attrs=[f'type="button" {pressed}'])
        with html.Label(raw_attrs=["v-if=\"fp_mode === 'angle'\""]):
            html.Span("Angle")
            html.Input(raw_attrs=[_range("fp_angle", 1, 90, 1, "Angle between neighbours in degrees")])
            html.Span("{{ fp_angle }}°", raw_attrs=['class="fp-value"'])
        _tick(html, "behind", "Also behind", "v-if=\"fp_mode === 'box'\"")
        with html.Select(raw_attrs=['v-model="fp_view" aria-label="View" title="View"']):
            for view, words in LOOKS.items():
                html.Option(words, raw_attrs=[f'value="{view}"'])
        html.Button(
            "Fit",
            raw_attrs=['type="button" @click="trigger(\'fp_look\')" title="The selection, or all of it"'],
        )
        with html.Select(raw_attrs=['v-model="fp_paint" aria-label="Colours" title="Colours"']):
            html.Option("Colours by boundary", raw_attrs=['value="boundary"'])
            html.Option("Colours by patch", raw_attrs=['value="patch"'])
        _tick(html, "edges", "Edges")
        _tick(html, "labels", "Names")
        with html.Label():
            html.Span("Opacity")
            html.Input(raw_attrs=[_range("fp_opacity", 0.1, 1, 0.1, "Opacity of the body")])
        _tick(html, "dark", "Dark")


def _tick(html: Any, name: str, words: str, when: str = "") -> None:
    with html.Label(raw_attrs=[when] if when else []):
        html.Input(raw_attrs=[f'type="checkbox" v-model="fp_{name}"'])
        html.Span(words)


def _range(name: str, least: float, most: float, step: float, words: str) -> str:
    return f'type="range" min="{least}" max="{most}" step="{step}" v-model.number="{name}" aria-label="{words}"'
