// The page's half of Monitor. The store lives as long as the widget's model: rows are taken whether a view is there or not.

const TARGET = 'flowcfd.monitor';
const TABS = ['Residuals', 'Forces', 'Probes', 'Courant', 'Other'];
const VERBS = {
  stop: ['Stop', 'The solver writes its fields and ends; the run can be resumed'],
  resume: ['Resume', 'Go on from the last whole time'],
  retry: ['Try again', 'Do the stage that did not end well again'],
  cancel: ['Cancel', 'End it now; fields since the last write are lost'],
};
const PATIENCE = 700;  // ms, after which a click that nobody answered is explained
const SPEAK = 20000;  // ms between two sentences that are read aloud
const OVER = '! The kernel of this monitor has ended or was started again, so nothing new comes here; what it watched goes on. '
  + 'Run the cell again: it shows all rows from the start.';

class Store {
  constructor(model) {
    this.model = model;
    this.rings = new Map();
    this.epoch = -1;
    this.views = new Set();
    this.over = false;
    whenGone(model, () => { this.over = true; this.views.forEach((view) => view.heads()); });
    model.on('change:start_rows', () => this.begin());
    model.on('msg:custom', (message, buffers) => this.hear(message, buffers));
    this.begin();
  }

  begin() {
    const told = this.model.get('start_rows') || {};
    if (told.epoch !== this.epoch) this.rings.clear();
    this.epoch = told.epoch;
    for (const group of told.groups || []) this.whole(group, group.data);
    this.changed();
  }

  whole(group, view) {
    const known = this.rings.get(group.key);
    const ring = new Ring(group);
    if (known) ring.hidden = known.hidden;
    else if (group.columns.length > 8) ring.hidden = new Set(group.columns.slice(8));
    ring.take(view, 0);
    ring.count = group.count;  // thinned ones are counted as well
    this.rings.set(group.key, ring);
  }

  hear(message, buffers) {
    if (message.kind !== 'rows' || message.epoch !== this.epoch) return;
    let missing = false;
    message.rows.forEach((head, n) => {
      const ring = this.rings.get(head.key);
      if (!ring || !ring.take(buffers[n], head.first)) missing = true;
    });
    message.groups.forEach((group, n) => this.whole(group, buffers[message.rows.length + n]));
    if (missing) ask(this.model, 'whole');
    this.changed();
  }

  changed() {
    for (const view of this.views) view.rowsChanged();
  }
}

// One subshell for each kernel and page. It is never taken away: the kernel answers other widgets through it until its
// main thread hears something.
const subshells = (window.flowcfdSubshells ||= new Map());

const subshellOf = (kernel) => {
  if (!subshells.has(kernel.id)) {
    const made = kernel.requestCreateSubshell({}).done.then((reply) => reply.content.subshell_id);
    subshells.set(kernel.id, made);
    made.catch(() => subshells.delete(kernel.id));
    kernel.statusChanged.connect((_, status) => {
      if (['restarting', 'autorestarting', 'dead', 'terminating'].includes(status)) subshells.delete(kernel.id);
    });
  }
  return subshells.get(kernel.id);
};

// A kernel that is at work hears nothing in its main thread: so a question goes through a subshell of its own where there
// is one, and else as a message of the widget, which waits until the cell has ended. Whether it is at work is not asked
// first: its status becomes idle with every answer of its other threads.
const ask = async (model, what, more = {}) => {
  const content = { ask: what, ...more };
  const kernel = model.widget_manager && model.widget_manager.kernel;
  if (!kernel || !kernel.supportsSubshells || !kernel.requestCreateSubshell) {
    model.send(content);
    return;
  }
  try {
    const subshell = await subshellOf(kernel);
    const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    kernel.sendShellMessage({
      channel: 'shell',
      header: {
        date: new Date().toISOString(), msg_id: `${id}-open`, msg_type: 'comm_open', session: kernel.clientId,
        subshell_id: subshell, username: kernel.username, version: '5.2',
      },
      parent_header: {}, metadata: {}, buffers: [],
      content: { comm_id: id, target_name: TARGET, data: { ...content, model: model.get('key') } },
    }, false, true);
    // What threads of the kernel print belongs to the main thread's messages again; a kernel started again answers never.
    kernel.requestKernelInfo().catch(() => {});
  } catch (error) {
    console.warn('flowcfd: no subshell', error);
    model.send(content);
  }
};

class View {
  constructor(store, el) {
    this.store = store;
    this.model = store.model;
    this.el = el;
    this.curves = new Map();
    this.held = false;
    this.tab = '';
    this.label = 'time';
    this.spoken = 0;
    this.asked = null;
    this.frame();
    this.heads();
    this.rowsChanged();
    this.themes = new MutationObserver(() => this.curves.forEach((curves) => curves.again()));
    this.themes.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name'] });
  }

  frame() {
    this.root = element('section', 'flowcfd-monitor');
    this.root.setAttribute('aria-label', 'Monitor of runs');
    this.over = new Overview((run) => this.store.over || ask(this.model, 'show', { run }));
    this.head = element('div', 'fc-head');
    this.state = element('span', 'fc-slot');
    this.name = element('span', 'fc-run');
    this.far = element('span', 'fc-far');
    this.verbs = element('span', 'fc-verbs');
    this.progress = element('div', 'fc-slot fc-done');
    this.head.append(this.state, this.name, this.far, this.verbs);
    this.says = element('div', 'fc-says');
    this.tabs = element('div', 'fc-tabs');
    this.tabs.setAttribute('role', 'tablist');
    this.tabs.setAttribute('aria-label', 'Curves');
    this.tabs.addEventListener('keydown', (event) => this.arrow(event));
    this.tools = element('span', 'fc-tools');
    this.hold = button('fc-tool', 'Hold', 'Hold the drawing still; rows are kept', () => this.setHeld(!this.held));
    this.hold.setAttribute('aria-pressed', 'false');
    this.scale = button('fc-tool', 'Log', 'Logarithmic axis', () => this.flip());
    this.all = button('fc-tool', 'All', 'See the whole range again (double click); drag to zoom', () => this.zoomOut());
    this.tools.append(this.scale, this.all, this.hold);
    const line = element('div', 'fc-line');
    line.append(this.tabs, this.tools);
    this.line = line;
    this.panel = element('div', 'fc-panel');
    this.panel.setAttribute('role', 'tabpanel');
    this.panel.id = `fc-panel-${Math.random().toString(36).slice(2)}`;
    this.panel.addEventListener('flowcfd:zoom', () => this.zoomed());
    this.none = element('div', 'fc-none');
    this.means = element('div', 'fc-means');
    this.values = new Values();
    this.live = element('div', 'fc-hidden');
    this.live.setAttribute('role', 'status');
    this.live.setAttribute('aria-live', 'polite');
    this.root.append(this.over.place, this.head, this.progress, this.says, line, this.panel, this.means, this.values.place, this.live);
    this.el.append(this.root);
  }

  // ---- the head: state, how far, what can be asked, what went wrong

  heads() {
    const told = this.model.get('told') || {};
    this.over.draw(this.model.get('overview') || {});
    const here = Boolean(told.state);
    for (const part of [this.head, this.progress, this.line, this.values.place]) part.hidden = !here;
    put(this.none, told.empty || 'Choose a run: its curves are shown here.');
    if (this.store.over) this.drawSays(told);  // also where no run is shown in detail
    if (!here) return;
    if (this.saidState !== told.state) this.state.replaceChildren(pill(told.state));
    put(this.name, told.run);
    this.name.title = told.path;
    put(this.far, [told.far, told.left].filter(Boolean).join(' · '));
    this.drawBar(told);
    this.drawVerbs(told.actions || []);
    this.drawSays(told);
    this.speak(told, this.saidState !== told.state);
    this.saidState = told.state;
    if (told.x && told.x !== this.label) {
      this.label = told.x;
      this.made = '';
      this.rowsChanged();
    }
  }

  drawBar(told) {
    const none = told.fraction === null || told.fraction === undefined;
    this.progress.hidden = none || told.state === 'Done';
    const bare = this.progress.firstChild || bar(0, 'Progress of the run');
    if (!this.progress.firstChild) this.progress.append(bare);
    if (!none) bare.value = told.fraction;
  }

  drawVerbs(actions) {
    const told = this.model.get('told');
    if (this.store.over) {  // nobody hears a button
      this.wanted = '';
      this.verbs.replaceChildren();
      return;
    }
    const rests = told.rests || !/Queued|Running|Done/.test(told.state);
    const wanted = `${actions.join(' ')} ${rests}`;
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    const focused = this.verbs.contains(document.activeElement) ? document.activeElement.dataset.verb : '';
    const made = actions.map((verb) => {
      const [words, title] = VERBS[verb];
      const one = button(`fc-verb fc-${verb}`, words, title, () => this.order(verb, one));
      one.dataset.verb = verb;
      return one;
    });
    if (rests) {  // nobody follows it: it may have gone on without us
      const look = button('fc-verb fc-look', '↻', 'Look again', () => this.order('look', look));
      look.setAttribute('aria-label', 'Look again');
      made.push(look);
    }
    this.verbs.replaceChildren(...made);
    const next = made.find((one) => one.dataset.verb === focused) || (focused && made[0]);
    if (next) next.focus();
  }

  // Cancel is asked twice; anything else at once, and it is said when the kernel cannot hear yet.
  order(verb, one) {
    if (verb === 'cancel' && one.dataset.sure !== 'yes') {
      one.dataset.sure = 'yes';
      put(one, 'Cancel for good?');
      setTimeout(() => { one.dataset.sure = ''; put(one, VERBS.cancel[0]); }, 5000);
      return;
    }
    ask(this.model, verb);
    const before = JSON.stringify(this.model.get('told'));
    const kernel = this.model.widget_manager && this.model.widget_manager.kernel;
    const busy = kernel && kernel.status === 'busy' ? '; the kernel is busy' : '';
    this.asked = verb === 'look' ? null : `asked to ${VERBS[verb][0].toLowerCase()}${busy} ...`;
    this.drawSays(this.model.get('told') || {});
    setTimeout(() => {
      if (JSON.stringify(this.model.get('told')) !== before || verb === 'look') return;
      const dead = !kernel || ['dead', 'terminating', 'unknown', 'restarting'].includes(kernel.status)
        || kernel.connectionStatus === 'disconnected';
      this.asked = dead ? 'the kernel is gone: run the cell again' : `asked to ${VERBS[verb][0].toLowerCase()}; the kernel is busy, it is done when the cell has ended`;
      this.drawSays(this.model.get('told') || {});
    }, PATIENCE * 3);
  }

  drawSays(told) {
    const lines = [];
    const say = (kind, words) => words && lines.push([kind, words]);
    say('warn', this.store.over && OVER);
    if (told.fault) {
      say('bad', `✕ ${told.fault.cause}`);
      say('mend', told.fault.mend && `What helps: ${told.fault.mend}`);
    } else {
      say(['Failed', 'Lost'].includes(told.state) ? 'bad' : 'plain', told.state !== 'Done' ? told.why : '');
    }
    for (const trouble of told.troubles || []) say('warn', `! ${trouble}`);
    say('plain', told.settling);
    say('plain', told.note || this.asked);
    if (told.verdict) {
      const mark = { green: '✓', amber: '!', red: '✕' }[told.verdict.colour] || '';
      say(told.verdict.colour, `${mark} Verdict ${told.verdict.line}`);
      for (const reason of told.verdict.reasons) say('reason', reason);
    }
    const said = JSON.stringify(lines);
    if (said === this.said) return;
    this.said = said;
    this.says.replaceChildren(...lines.map(([kind, words]) => element('div', `fc-say fc-${kind}`, words)));
  }

  speak(told, changed) {
    const now = Date.now();
    if (!changed && now - this.spoken < SPEAK) return;
    this.spoken = now;
    put(this.live, [told.run, told.state, told.far, told.left].filter(Boolean).join(', '));
  }

  // ---- the curves

  rowsChanged() {
    const rings = [...this.store.rings.values()];
    const there = TABS.filter((tab) => rings.some((ring) => ring.tab === tab));
    const made = `${this.store.epoch} ${rings.map((ring) => `${ring.key}:${ring.columns.length}`).join()} ${there.join()}`;
    if (made !== this.made) {
      this.made = made;
      if (!there.includes(this.tab)) this.tab = there[0] || '';
      this.drawTabs(there);
      this.drawPanel();
    }
    for (const curves of this.curves.values()) {
      curves.ring = this.store.rings.get(curves.ring.key) || curves.ring;
      curves.ask();
    }
    this.root.dataset.rows = rings.reduce((sum, ring) => sum + ring.count, 0);
    const now = Date.now();
    if (now - (this.tabled || 0) > 1000) {
      this.tabled = now;
      this.values.draw(rings);
    }
  }

  drawTabs(there) {
    this.tabs.replaceChildren(...there.map((tab) => {
      const one = button('fc-tab', tab, `${tab} of the run`, () => this.choose(tab));
      one.setAttribute('role', 'tab');
      one.setAttribute('aria-controls', this.panel.id);
      one.setAttribute('aria-selected', String(tab === this.tab));
      one.tabIndex = tab === this.tab ? 0 : -1;
      return one;
    }));
    this.tools.hidden = !there.length;
  }

  choose(tab) {
    this.tab = tab;
    for (const one of this.tabs.children) {
      const chosen = one.textContent === tab;
      one.setAttribute('aria-selected', String(chosen));
      one.tabIndex = chosen ? 0 : -1;
    }
    this.drawPanel();
  }

  arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...this.tabs.children];
    const next = tabs[(tabs.findIndex((one) => one.textContent === this.tab) + step + tabs.length) % tabs.length];
    this.choose(next.textContent);
    next.focus();
    event.preventDefault();
  }

  drawPanel() {
    const rings = [...this.store.rings.values()].filter((ring) => ring.tab === this.tab);
    for (const [key, curves] of this.curves) curves.close();
    this.curves.clear();
    this.panel.replaceChildren(...rings.map((ring) => {
      const curves = new Curves(ring, this.label, (drawn) => this.drawn(drawn));
      this.curves.set(ring.key, curves);
      const box = element('figure', 'fc-figure');
      const title = element('figcaption', 'fc-caption', `${ring.title}${ring.unit ? ` [${ring.unit}]` : ''}, over ${this.label}`);
      box.append(title, curves.place, curves.legend.place);
      return box;
    }));
    if (!rings.length) this.panel.append(this.none);
    this.bandsChanged();
    this.zoomed();
    this.curves.forEach((curves) => { curves.held = this.held; curves.force(); });
  }

  drawn(ring) {
    this.root.dispatchEvent(new CustomEvent('flowcfd:drawn', {
      bubbles: true, detail: { key: ring.key, count: ring.count, last: ring.last(0), at: Date.now() },
    }));
  }

  bandsChanged() {
    const bands = this.model.get('bands') || [];
    for (const [key, curves] of this.curves) {
      curves.bands = bands.filter((band) => band.group === key);
      curves.ask();
    }
    const here = bands.filter((band) => this.curves.has(band.group));
    this.means.replaceChildren(...meansOf(here).map((words) => element('div', '', words)));
  }

  setHeld(held) {
    this.held = held;
    this.hold.setAttribute('aria-pressed', String(held));
    put(this.hold, held ? 'Follow' : 'Hold');
    this.curves.forEach((curves) => { curves.held = held; if (!held) curves.force(); });
  }

  flip() {
    this.curves.forEach((curves) => { curves.linear = !curves.linear; curves.again(); });
    this.zoomed();
  }

  zoomOut() {
    this.curves.forEach((curves) => curves.see(null));
  }

  zoomed() {
    const curves = [...this.curves.values()];
    this.all.disabled = !curves.some((one) => one.zoom);
    this.scale.setAttribute('aria-pressed', String(curves.some((one) => !one.linear)));
  }

  close() {
    this.themes.disconnect();
    this.curves.forEach((curves) => curves.close());
    this.store.views.delete(this);
  }
}

export default () => {
  let store = null;
  return {
    initialize({ model }) {
      store = new Store(model);
    },
    render({ model, el }) {
      const view = new View(store, el);
      store.views.add(view);
      const heads = () => { view.asked = null; view.heads(); };
      const bands = () => view.bandsChanged();
      model.on('change:told', heads);
      model.on('change:overview', () => view.heads());
      model.on('change:bands', bands);
      return () => view.close();
    },
  };
};
