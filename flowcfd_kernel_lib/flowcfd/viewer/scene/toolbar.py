"""The toolbar above the picture, and the times below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowcfd.viewer.scene.choices import VIEWS
from flowcfd.viewer.scene.files import FORMS
from flowcfd.viewer.scene.parts import NARROW, button, item, menu, select

if TYPE_CHECKING:
    from flowcfd.viewer.scene.app import SceneApp


def bar(app: SceneApp) -> None:
    """The toolbar: what is shown, from where, reading off, taking away."""
    from trame.widgets import vuetify3 as v3

    with v3.VAppBar(height=(f"{NARROW} ? 96 : 54",), flat=True, border="b", classes="flowcfd-bar"):
        _field(app)
        v3.VDivider(vertical=True)
        _looks(app)
        v3.VDivider(vertical=True)
        _reading()
        v3.VSpacer()
        _taking(app)
        button("mdi-tune-variant", "Panels", f"{NARROW} ? (over = !over) : (drawer = !drawer)",
               on=f"{NARROW} ? over : drawer")  # fmt: skip


def _field(app: SceneApp) -> None:
    act = app.act
    select("Field", "choices.used.field", "choices.fields", (act, "['paint', 'field', $event]"),
           style="flex:0 1 132px;min-width:96px", raw_attrs=['data-test="field"'])  # fmt: skip
    select("Component", "choices.used.component", "fixed.components", (act, "['paint', 'component', $event]"),
           v_if="choices.vectors.includes(choices.used.field)", style="flex:0 1 138px;min-width:90px")  # fmt: skip


def _looks(app: SceneApp) -> None:
    act = app.act
    button("mdi-fit-to-page-outline", "Fit into the picture", (act, "['fit']"))
    with menu("mdi-video-3d", "Look from"):
        for view, title in VIEWS.items():
            item(title, (act, f"['camera', '{view}']"))
    with menu("mdi-star-outline", "Ready views"):
        item("First look", (act, "['first']"), "mdi-home-outline")
        item("Walls: y+", (act, "['walls', 'yPlus']"), "mdi-wall")
        item("Walls: shear stress", (act, "['walls', 'wallShearStress']"), "mdi-wall")
        item("Vortices (Q)", (act, "['vortices']"), "mdi-weather-tornado")
        item("Mesh", (act, "['mesh']"), "mdi-grid")
        item("Worst cells", (act, "['add', 'worst']"), "mdi-alert-octagon-outline")
    button("mdi-grid", "Edges of the mesh", (act, "['edges']"), on="shown.layers.some((one) => one.edges)")
    button("mdi-ruler", "Scale bar", (act, "['ruler']"), on="shown.ruler")
    button("mdi-theme-light-dark", "Dark", (act, "['dark']"), on="shown.dark")


def _reading() -> None:
    button("mdi-eyedropper", "Probe by click", "mode = mode === 'probe' ? '' : 'probe'; drawer = true",
           on="mode === 'probe'")  # fmt: skip
    button("mdi-chart-line", "Plot along a line", "mode = mode === 'line' ? '' : 'line'; first = null; drawer = true",
           on="mode === 'line'")  # fmt: skip


def _taking(app: SceneApp) -> None:
    button("mdi-camera-outline", "Screenshot", app.picture)
    with menu("mdi-download-outline", "Export"):
        for suffix, title in FORMS.items():
            item(title, (app.export, f"['{suffix}']"))


def times(app: SceneApp) -> None:
    """Play, step and slide through the times, where there are several."""
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    with (
        v3.VFooter(app=True, height=40, border="t", v_if="choices.times.length > 1", classes="pa-0"),
        html.Div(classes="flowcfd-time"),
    ):
        last = "choices.times.length - 1"
        button("mdi-skip-previous", "One time back", (app.act, "['time', choices.time - 1]"), off="choices.time <= 0")
        with v3.VBtn(
            icon=True, size="small", density="comfortable", variant="tonal", color="primary", click=app.play,
            raw_attrs=[''':aria-label="playing ? 'Pause' : 'Play'"'''],
        ):  # fmt: skip
            v3.VIcon(icon=("playing ? 'mdi-pause' : 'mdi-play'",))
        button("mdi-skip-next", "One time on", (app.act, "['time', choices.time + 1]"), off=f"choices.time >= {last}")
        v3.VSlider(
            model_value=("choices.time",), min=0, max=(last,), step=1, update_modelValue=(app.act, "['time', $event]"),
            hide_details=True, density="compact", thumb_size=14, track_size=3, color="primary",
            raw_attrs=['aria-label="Time"'],
        )  # fmt: skip
        html.Output("{{ Number(choices.times[choices.time]).toPrecision(5) * 1 }}{{ choices.seconds ? ' s' : '' }}")
