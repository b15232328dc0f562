// Widgets that were given up too soon. After a reload ipywidgets looks two seconds for the model of an output and does
// not look again after its last wait. Where a busy page makes all models within that wait, the output says "model not
// found" for ever, though the model is there. Such outputs are drawn once more.

const LOST = 'Error displaying widget: model not found';
const VIEW = 'application/vnd.jupyter.widget-view+json';
const EVERY = 2000; // ms
const LOOKS = 60; // after a kernel was connected

const lost = node => node.classList.contains('jupyter-widgets') && node.textContent === LOST;

// What draws an output is the last part of its panel, beside the prompt.
const draw = (area, kernel) => {
  area.widgets.forEach((panel, at) => {
    const renderer = [...(panel.widgets ?? [panel])].find(one => one.renderModel && lost(one.node));
    const model = area.model.get(at);
    const id = model?.data[VIEW]?.model_id;
    if (renderer && id && kernel.hasComm(id)) {
      renderer.removeClass('jupyter-widgets');
      void renderer.renderModel(model);
    }
  });
};

const look = panel => {
  const kernel = panel.sessionContext.session?.kernel;
  if (kernel?.hasComm) {
    panel.content.widgets.filter(cell => cell.outputArea).forEach(cell => draw(cell.outputArea, kernel));
  }
};

const follow = panel => {
  let left = 0;
  let timer = 0;
  const turn = () => {
    timer = 0;
    if (panel.isDisposed || left <= 0) {
      return;
    }
    left -= 1;
    look(panel);
    timer = window.setTimeout(turn, EVERY);
  };
  const begin = () => {
    left = LOOKS;
    timer ||= window.setTimeout(turn, EVERY);
  };
  panel.sessionContext.connectionStatusChanged.connect((_, status) => status === 'connected' && begin());
  begin();
};

export const plugin = async shared => {
  const { INotebookTracker } = await shared('@jupyterlab/notebook');
  return {
    id: 'flowcfd-lab:lost',
    description: 'Draws widgets once more that were given up too soon after a reload.',
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_, panel) => follow(panel));
    }
  };
};
