// In the page of a view: passes on to the notebook what the view tells, and says when a picture takes long.
(() => {
  const LONG = 1000; // [ms] after which a picture takes long
  const AFTER = 2000; // [ms] after something was done that a picture may begin

  // The process draws in one loop, so while it does not answer it draws, for this view or for another one.
  const sign = () => {
    const found = document.getElementById("flowcfd-drawing");
    if (found) return found;
    const made = Object.assign(document.createElement("div"), { id: "flowcfd-drawing", hidden: true });
    made.setAttribute("role", "status");
    made.style.cssText =
      "position:fixed;left:50%;bottom:56px;transform:translateX(-50%);z-index:3000;padding:4px 12px;" +
      "border-radius:12px;font:13px system-ui;color:#fff;background:#1d2733;pointer-events:none";
    document.body.append(made);
    return made;
  };

  const busy = (is) => {
    sign().hidden = !is;
    sign().textContent = is ? "Drawing …" : "";
  };

  let until = 0;
  let asking = false;
  const ask = async () => {
    if (asking || Date.now() > until) return;
    asking = true;
    const late = window.setTimeout(() => busy(true), LONG);
    try {
      await window.trame.trigger("flowcfd_here");
    } catch (error) {
      until = 0; // the connection is closed, which is said elsewhere
    }
    window.clearTimeout(late);
    busy(false);
    asking = false;
    window.setTimeout(ask, 250);
  };

  const done = () => {
    if (!window.trame?.trigger) return;
    until = Date.now() + AFTER;
    window.setTimeout(ask, 0);
  };
  for (const name of ["pointerup", "keyup", "change"]) document.addEventListener(name, done, true);

  const parent = window.parent;
  if (parent === window) return;
  const post = (message) => parent.postMessage(message, window.location.origin);

  const first = ({ target }) => {
    if (target.tagName !== "IMG" || !target.src.startsWith("blob:")) return;
    document.removeEventListener("load", first, true);
    window.requestAnimationFrame(() => post({ flowcfd: "seen" }));
  };
  document.addEventListener("load", first, true);

  const listen = () => {
    const trame = window.trame;
    if (!trame?.state?.watch) {
      window.setTimeout(listen, 50);
      return;
    }
    trame.state.watch(["flowcfd_told"], (told) => told && post(told.message));
    trame.client?.onConnectionClose(() => window.setTimeout(() => post({ flowcfd: "lost" }), 500));
    post({ flowcfd: "ready" });
  };
  listen();
})();
