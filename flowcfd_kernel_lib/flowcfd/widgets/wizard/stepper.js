// The steps in a row: a number, a name and, in words, how each stands. Arrow keys go from step to step.

const COLOURS = new Set(['done', 'proposed', 'problem', 'failed', 'running']);

const element = (kind, style, words = '') => {
  const made = document.createElement(kind);
  made.className = style;
  made.textContent = words;
  return made;
};

const button = (step, number, current, go) => {
  const made = element('button', 'fc-step');
  made.type = 'button';
  made.title = step.why;
  made.dataset.word = COLOURS.has(step.word) ? step.word : 'open';
  if (step.name === current) {
    made.setAttribute('aria-current', 'step');
  }
  made.append(element('span', 'fc-step-number', String(number)));
  const words = element('span', 'fc-step-words');
  words.append(element('span', 'fc-step-name', step.name), element('span', 'fc-step-state', step.word));
  made.append(words);
  made.addEventListener('click', () => go(step.name));
  return made;
};

// The first field of the page that is wrong; the page may still be on its way, so it is looked for some times.
const seek = (el, tries = 30) => {
  const field = el.closest('.fc-wizard')?.querySelector('.fc-wizard-page [aria-invalid="true"]');
  if (field) {
    field.focus();
    field.scrollIntoView({ block: 'center' });
  } else if (tries > 0) {
    setTimeout(() => seek(el, tries - 1), 100);
  }
};

// The next page may be shorter than the one whose end was scrolled to: its beginning comes into sight where people are.
const follow = el => {
  const wizard = el.closest('.fc-wizard');
  if (wizard?.matches(':hover') || wizard?.contains(document.activeElement)) {
    el.scrollIntoView({ block: 'nearest' });
  }
};

const ENDED = 'The kernel of this wizard has ended or was started again: what is clicked here is not heard any more. Run the '
  + 'cell again; a cell that the wizard wrote gives the case back, for fc.wizard(case).';

const render = ({ model, el }) => {
  el.classList.add('fc-wizard-steps');
  const nav = element('nav', 'fc-steps');
  nav.setAttribute('aria-label', 'Steps of the case');
  el.append(nav);
  const go = name => {
    model.set('current', name);
    model.save_changes();
  };
  const draw = () => {
    const held = nav.contains(document.activeElement) ? document.activeElement.dataset.name : '';
    const made = model.get('steps').map((step, n) => {
      const one = button(step, n + 1, model.get('current'), go);
      one.dataset.name = step.name;
      return one;
    });
    nav.replaceChildren(...made);
    made.find(one => one.dataset.name === held)?.focus();
  };
  nav.addEventListener('keydown', event => {
    const all = [...nav.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all[to]) {
      event.preventDefault();
      event.stopPropagation();
      all[to].focus();
    }
  });
  const sought = () => seek(el);
  const turned = () => follow(el);
  model.on('change:steps change:current', draw);
  model.on('change:current', turned);
  model.on('change:seek', sought);
  const stop = whenGone(model, () => {
    const said = element('div', 'fc-said fc-bad', ENDED);
    said.setAttribute('role', 'alert');
    el.append(said);
  });
  draw();
  return () => {
    stop();
    model.off('change:steps change:current', draw);
    model.off('change:current', turned);
    model.off('change:seek', sought);
  };
};

export default { render };
