// JupyterLab's loader runs this as a classic script and then asks the container for './extension'. A container is all
// that module federation needs; written by hand, it saves the build with npm. The plug-ins are plain modules beside it.
(() => {
  const here = document.currentScript.src;
  let scope = {};

  const order = version => version.split('.').map(part => parseInt(part, 10) || 0);
  const newer = (one, other) => order(one).map((part, i) => part - (order(other)[i] || 0)).find(Boolean) || 0;

  // The copy of a package that Lab itself uses: tokens are compared by identity, so another copy would find nothing.
  const shared = async name => {
    const versions = scope[name];
    if (!versions) {
      throw new Error(`flowcfd-lab: this JupyterLab does not share ${name}`);
    }
    const names = Object.keys(versions).sort(newer);
    const version = names.findLast(one => versions[one].loaded) || names[names.length - 1];
    return (await versions[version].get())();
  };

  const extension = async () => {
    const files = await Promise.all(
      ['./cells.js', './tiles.js', './stills.js', './lost.js'].map(file => import(new URL(file, here).href))
    );
    const plugins = await Promise.all(files.map(file => file.plugin(shared)));
    return () => ({ __esModule: true, default: plugins });
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['flowcfd-lab'] = {
    init: given => { scope = given; },
    get: async () => extension()
  };
})();
