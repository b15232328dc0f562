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

  const down = (event) => {
    const view = viewOf(event);
    if (!view || event.button !== 0) return;
    const boxing = view.dataset.mode === "box";
    begun = { view, boxing, x: event.clientX, y: event.clientY, at: place(view, event) };
    if (boxing) {
      event.stopPropagation();
      event.preventDefault();
    }
  };

  const move = (event) => {
    if (!begun?.boxing) return;
    event.stopPropagation();
    event.preventDefault();
    stretch(event);
  };

  const up = (event) => {
    if (!begun) return;
    const { view, boxing, x, y, at } = begun;
    begun = null;
    if (boxing) {
      event.stopPropagation();
      band().style.display = "none";
    }
    const moved = Math.hypot(event.clientX - x, event.clientY - y);
    const to = place(view, event);
    if (boxing && moved > STILL) {
      const box = [Math.min(at[0], to[0]), Math.min(at[1], to[1]), Math.max(at[0], to[0]), Math.max(at[1], to[1])];
      window.trame.trigger("fp_box", [box, how(event)]);
    } else if (moved <= STILL) {
      window.trame.trigger("fp_click", [to[0], to[1], how(event)]);
    }
  };

  const cancel = (event) => {
    if (event.key !== "Escape" || !begun) return;
    begun = null;
    band().style.display = "none";
  };

  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", up, true);
  document.addEventListener("keydown", cancel, true);
})();
