// What a widget leaves in the notebook (an output with the metadata flowcfd.still) is kept anew by its kernel. JupyterLab
// forgets with a reload of the page which outputs have which display id; their metadata still says so.

const put = (outputs, id, content) => {
  for (let at = 0; at < outputs.length; at += 1) {
    const { data, metadata } = outputs.get(at).toJSON();
    if (metadata?.flowcfd?.still === id && data['text/html'] !== content.data['text/html']) {
      outputs.set(at, { output_type: 'display_data', data: content.data, metadata: content.metadata });
    }
  }
};

const hear = (panel, message) => {
  if (message.header.msg_type !== 'update_display_data') {
    return;
  }
  const id = message.content.metadata?.flowcfd?.still;
  if (id && panel.content.model) {
    [...panel.content.model.cells].filter(cell => cell.type === 'code').forEach(cell => put(cell.outputs, id, message.content));
  }
};

export const plugin = async shared => {
  const { INotebookTracker } = await shared('@jupyterlab/notebook');
  return {
    id: 'flowcfd-lab:stills',
    description: 'Keeps what widgets leave in a notebook up to date after a reload.',
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      const follow = panel => panel.sessionContext.iopubMessage.connect((_, message) => hear(panel, message));
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_, panel) => follow(panel));
    }
  };
};
