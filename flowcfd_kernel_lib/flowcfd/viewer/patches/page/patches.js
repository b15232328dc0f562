// In the page of a picking: clicks and boxes on the picture become questions to the server, in shares of its size.
(() => {
  const STILL = 5; // pixels that a click may move
  let begun = null;

  const viewOf = (event) => event.target.closest?.(".fp-view");

  const how = (event) => (event.altKey || event.ctrlKey || event.metaKey ? "remove" : event.shiftKey ? "toggle" : "only");

  const place = (view, event) => {
    const box = view.getBoundingClientRect();
    const share = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  };

  const band = () => {
    const found = document.querySelector(".fp-band");
    if (found) return found;
    const made = document.createElement("div");
    made.className = "fp-band";
    document.body.append(made);
    return made;
  };

  const stretch = (event) => {
    const style = band().style;
    style.display = "block";
    style.left = `${Math.min(begun.x, event.clientX)}px`;
    style.top = `${Math.min(begun.y, event.clientY)}px`;
    style.width = `${Math.abs(event.clientX - begun.x)}px`;
    style.height = `${Math.abs(event.clientY - begun.y)}px`;
  };

  const hold = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };

  // A press turns the body only when it moves: it is kept back until then, so that a click leaves the body as it is.
  const down = (event) => {
    const view = viewOf(event);
    if (!view || event.button !== 0 || !event.isTrusted) return;
    const boxing = view.dataset.mode === "box";
    begun = { view, boxing, x: event.clientX, y: event.clientY, at: place(view, event), press: event, kept: true };
    hold(event);
  };

  const far = (event) => Math.hypot(event.clientX - begun.x, event.clientY - begun.y) > STILL;

  const move = (event) => {
    if (!begun) return;
    if (begun.boxing) {
      hold(event);
      stretch(event);
    } else if (begun.kept && far(event)) {
      const { press } = begun;
      begun.kept = false;
      press.target.dispatchEvent(new PointerEvent("pointerdown", press));
    } else if (begun.kept) {
      hold(event);
    }
  };

  const up = (event) => {
    if (!begun) return;
    const { view, boxing, at, kept } = begun;
    const moved = far(event);
    begun = null;
    if (boxing) band().style.display = "none";
    if (kept) hold(event);
    const to = place(view, event);
    if (boxing && moved) {
      const box = [Math.min(at[0], to[0]), Math.min(at[1], to[1]), Math.max(at[0], to[0]), Math.max(at[1], to[1])];
      window.trame.trigger("fp_box", [box, how(event)]);
    } else if (kept) {
      window.trame.trigger("fp_click", [to[0], to[1], how(event), view.dataset.mode]);
    }
  };

  const cancel = (event) => {
    if (event.key !== "Escape" || !begun) return;
    begun = null;
    band().style.display = "none";
  };

  // The picture is described by the element around it.
  const silent = () => {
    for (const image of document.querySelectorAll(".fp-view img:not([alt])")) image.alt = "";
  };
  new MutationObserver(silent).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", up, true);
  document.addEventListener("keydown", cancel, true);
})();
