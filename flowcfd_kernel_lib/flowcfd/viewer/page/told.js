// In the page of a view: passes on to the notebook what the view tells.
(() => {
  const parent = window.parent;
  if (parent === window) return;
  const post = (message) => parent.postMessage(message, window.location.origin);

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
