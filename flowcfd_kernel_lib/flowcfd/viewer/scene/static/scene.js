// In the page of a scene: copies the code, and downloads the files that the view offers.
(() => {
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // pages without https have no clipboard
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  document.addEventListener("click", (event) => {
    const from = event.target.closest?.("[data-copy]");
    if (from) copied(from.dataset.copy);
  });

  const save = (name, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const take = async (offered) => {
    if (!offered) return;
    const content = await window.trame.trigger("taken", [offered.number]);
    save(offered.name, content);
  };

  const named = () => {
    for (const image of document.querySelectorAll(".flowcfd-picture img:not([alt])")) image.alt = "The scene";
  };
  new MutationObserver(named).observe(document.documentElement, { childList: true, subtree: true });

  const listen = () => {
    const { trame } = window;
    if (!trame?.state?.watch || !trame.trigger) {
      window.setTimeout(listen, 50);
      return;
    }
    trame.state.watch(["offered"], take);
  };
  listen();
})();
