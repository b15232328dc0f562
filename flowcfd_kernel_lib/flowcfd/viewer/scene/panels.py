"""The drawer: colours, layers, values that are read off, the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowcfd.viewer.scene.cards import layers
from flowcfd.viewer.scene.parts import NARROW, button, number, select, switch

if TYPE_CHECKING:
    from flowcfd.viewer.scene.app import SceneApp


def drawer(app: SceneApp) -> None:
    """The panels on the right: beside the picture, over it where there is no room, and then closed at first."""
    from trame.widgets import vuetify3 as v3

    with (
        v3.VNavigationDrawer(
            model_value=(f"{NARROW} ? over : drawer",),
            update_modelValue=f"{NARROW} ? (over = $event) : (drawer = $event)",
            temporary=(NARROW,),
            permanent=(f"!({NARROW})",),
            location="right",
            width=304,
            border="s",
            classes="flowcfd-drawer",
        ),
        v3.VExpansionPanels(v_model=("panels", ["colour", "layers"]), multiple=True, variant="accordion", flat=True),
    ):
        with _panel("colour", "Colour"):
            _colour(app)
        with _panel("layers", "Layers"):
            layers(app)
        with _panel("read", "Probes and line"):
            _probes(app)
            _line(app)
        with _panel("code", "Python"):
            _code(app)


def _panel(name: str, title: str) -> Any:
    from trame.widgets import vuetify3 as v3

    with v3.VExpansionPanel(value=name, eager=True):
        v3.VExpansionPanelTitle(title)
        return v3.VExpansionPanelText()


def _colour(app: SceneApp) -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    act = app.act
    html.Div(classes="flowcfd-gradient", style=("`background:${choices.gradient}`",), raw_attrs=['aria-hidden="true"'])
    with (
        html.Div(classes="flowcfd-row"),
        select("Colour map", "choices.used.map", "fixed.maps", (act, "['paint', 'map', $event]")),
        v3.Template(v_slot_item="{ props, item }"),
        v3.VListItem(v_bind="props"),
        v3.Template(v_slot_append=True),
    ):
        html.Div(classes="flowcfd-swatch", style=("`background:${item.raw.look}`",))
    with html.Div(classes="flowcfd-row"):
        select("Range", "choices.used.span",
               "[{title: 'Automatic', value: 'auto'}, {title: 'Typed', value: 'typed'},"
               " {title: 'Over all times', value: 'times'}]",
               (act, "$event === 'typed' ? ['typed', range.low, range.high] : ['paint', 'span', $event]"))  # fmt: skip
    typed = "['typed', {}]"
    low, high = "range.low", "range.high"
    with html.Div(classes="flowcfd-row", v_if="choices.used.span === 'typed'"):
        number("Lowest", low, (act, typed.format("$event.target.value, range.high")))
        number("Highest", high, (act, typed.format("range.low, $event.target.value")))
        html.Span("{{ choices.unit }}", classes="flowcfd-fixed flowcfd-muted")
    with html.Div(classes="flowcfd-row"):
        switch("Logarithmic", "choices.used.log", (act, "['paint', 'log', $event]"))
        switch("Cell values", "choices.used.cells", (act, "['paint', 'cells', $event]"))


def _probes(app: SceneApp) -> None:
    from trame.widgets import html

    html.Div("Probe by click, or type a point [m]:", classes="flowcfd-muted mt-1")
    with html.Div(classes="flowcfd-row"):
        for axis in "xyz":
            number(axis, f"typedPoint.{axis}", f"typedPoint = {{...typedPoint, {axis}: $event.target.value}}")
        button("mdi-plus", "Add this point", (app.act, "['probe', typedPoint.x, typedPoint.y, typedPoint.z]"),
               classes="flowcfd-fixed")  # fmt: skip
    with html.Div(v_for="(one, n) in probes", key="n", classes="flowcfd-row", raw_attrs=['data-test="probe"']):
        with html.Div():
            html.Div("{{ one.value }}", style="font-weight:600")
            html.Div("{{ one.where }}", classes="flowcfd-muted")
        button("mdi-close", "Remove this probe", (app.act, "['unprobe', n]"), classes="flowcfd-fixed")


def _line(app: SceneApp) -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    html.Div(v_html=("plot",), v_if="plot", raw_attrs=['data-test="plot"'])
    v3.VBtn("Values as a table (CSV)", v_if="plot", click=app.table, size="small", variant="text", color="primary",
            prepend_icon="mdi-download-outline")  # fmt: skip
    html.Div("Plot along a line: two clicks in the picture.", v_if="!plot", classes="flowcfd-muted mt-2")


def _code(app: SceneApp) -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    html.Pre("{{ code }}", classes="flowcfd-code", raw_attrs=['tabindex="0"', 'aria-label="Python of this scene"'])
    with html.Div(classes="flowcfd-row"):
        v3.VBtn("Copy", size="small", variant="outlined", prepend_icon="mdi-content-copy",
                raw_attrs=[':data-copy="code"'])  # fmt: skip
        v3.VBtn("Into the notebook", size="small", variant="tonal", color="primary", click=app.write,
                prepend_icon="mdi-notebook-edit-outline")  # fmt: skip
