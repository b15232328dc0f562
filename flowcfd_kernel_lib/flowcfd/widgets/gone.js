// Tells a widget that its kernel has gone: restarted, died, or shut down. Such a widget never comes back to life; its
// cell, run again, makes another.
const GONE = ['restarting', 'autorestarting', 'terminating', 'dead'];

const whenGone = (model, tell) => {
  const kernel = model.widget_manager?.kernel;
  let told = false;
  const gone = () => {
    if (!told) tell();
    told = true;
  };
  const changed = (_, status) => GONE.includes(status) && gone();
  model.on('comm_live_update', gone);
  kernel?.statusChanged?.connect(changed);
  kernel?.disposed?.connect(gone);
  return () => {
    model.off('comm_live_update', gone);
    kernel?.statusChanged?.disconnect(changed);
    kernel?.disposed?.disconnect(gone);
  };
};
