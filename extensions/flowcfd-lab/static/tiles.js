// The launcher's tiles of FlowCFD: notebooks in the OpenFOAM kernel with their first cell written and run.

const KERNEL = 'openfoam';
const EXAMPLE = '01_cavity.ipynb';
const CATEGORY = 'FlowCFD';

const drawn = parts =>
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" fill="none" stroke="#1f7fdb" ' +
  `stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${parts}</svg>`;

const SET_UP = drawn(
  '<path d="M2.5 7.5c4-3 6 2 10 0M2.5 12.5c3.2-2.4 5.2 .6 7.7 .5M2.5 17.5c3-2.2 5 1.6 8.5 .6"/>' +
  '<path d="M14 9.5l7.5 3-3.2 1.3-1.3 3.2z" fill="#d96f0a" stroke="#d96f0a"/>'
);
const LOOK = drawn(
  '<path d="M4 4v16h17"/><path d="M7 8c1.5 5.5 3.5 7.5 6 8.2 2.2 .6 4.6 .7 7 .8"/>' +
  '<path d="M7 5.5c2 2.6 3.8 4 6.4 4.8 2 .6 4.2 .8 6.6 .9" stroke="#d96f0a"/>'
);
const EXAMPLES = drawn(
  '<path d="M12 6c-2.5-1.7-5.5-2-9-2v14c3.5 0 6.5 .3 9 2 2.5-1.7 5.5-2 9-2V4c-3.5 0-6.5 .3-9 2zM12 6v14"/>' +
  '<path d="M6 9c1.2-.8 2 .6 3.2 0M14.8 9c1.2-.8 2 .6 3.2 0M14.8 13c1.2-.8 2 .6 3.2 0" stroke="#d96f0a"/>'
);

// A new notebook whose first cell holds this code and is run as soon as the kernel is there.
const notebook = (app, actions, code) => async args => {
  const asked = { cwd: args.cwd || '', kernelName: KERNEL, activate: true };
  const panel = await app.commands.execute('notebook:create-new', asked);
  await panel.context.ready;
  panel.content.widgets[0].model.sharedModel.setSource(code);
  await panel.sessionContext.ready;
  await actions.runCells(panel.content, [panel.content.widgets[0]], panel.sessionContext);
  return panel;
};

// The example notebooks lie in the server's folder itself, or in its folder `notebooks`.
const examples = (app, tell) => async () => {
  for (const folder of ['', 'notebooks']) {
    const { content } = await app.serviceManager.contents.get(folder).catch(() => ({ content: [] }));
    if (content.some(file => file.name === EXAMPLE)) {
      await app.commands.execute('filebrowser:go-to-path', { path: folder || '/', showBrowser: true });
      return app.commands.execute('docmanager:open', { path: folder ? `${folder}/${EXAMPLE}` : EXAMPLE });
    }
  }
  return tell("The example notebooks are not in this server's folder: open FlowCFD's own with flowcfd lab notebooks");
};

export const plugin = async shared => {
  const [launchers, notebooks, icons, apputils] = await Promise.all(
    ['launcher', 'notebook', 'ui-components', 'apputils'].map(name => shared(`@jupyterlab/${name}`))
  );
  const icon = (name, svgstr) => new icons.LabIcon({ name: `flowcfd-lab:${name}`, svgstr });
  const tell = words => apputils.Notification.info(words, { autoClose: 8000 });
  const tiles = app => [
    ['flowcfd:set-up', 'Set up by mouse', 'A case by forms, and its Python', icon('set-up', SET_UP),
      notebook(app, notebooks.NotebookActions, 'import flowcfd as fc\n\nfc.wizard()')],
    ['flowcfd:look', 'Look at runs', 'The runs of this machine', icon('look', LOOK),
      notebook(app, notebooks.NotebookActions, 'import flowcfd as fc\n\nfc.runs()')],
    ['flowcfd:examples', 'Example notebooks', 'One idea each, the cavity first', icon('examples', EXAMPLES),
      examples(app, tell)]
  ];
  return {
    id: 'flowcfd-lab:tiles',
    description: 'FlowCFD in the launcher.',
    autoStart: true,
    optional: [launchers.ILauncher],
    activate: (app, launcher) => {
      tiles(app).forEach(([command, label, caption, sign, execute], rank) => {
        app.commands.addCommand(command, { label, caption, icon: sign, execute });
        launcher?.add({ command, category: CATEGORY, categoryRank: 10, rank });  // below the kernels' notebooks
      });
    }
  };
};
