// Tiles to choose one of: a picture, a name and a few words; a group of toggle buttons for those who do not see them.

const element = (kind, style, words = '') => {
  const made = document.createElement(kind);
  made.className = style;
  made.textContent = words;
  return made;
};

const tile = (item, chosen, choose) => {
  const made = element('button', 'fc-tile');
  made.type = 'button';
  made.dataset.name = item.name;
  made.setAttribute('aria-pressed', String(item.name === chosen));
  if (item.picture) {
    const picture = element('span', 'fc-tile-picture');
    picture.innerHTML = item.picture;  // drawn by the kernel
    made.append(picture);
  }
  const words = element('span', 'fc-tile-text');
  if (item.colour) {
    const dot = element('span', 'fc-tile-dot');
    dot.style.background = item.colour;
    words.append(dot);
  }
  words.append(element('span', 'fc-tile-name', item.title || item.name), element('span', 'fc-tile-words', item.words || ''));
  made.append(words);
  made.addEventListener('click', () => choose(item.name));
  return made;
};

const render = ({ model, el }) => {
  el.classList.add('fc-wizard-tiles');
  const group = element('div', 'fc-tiles');
  group.setAttribute('role', 'group');
  el.append(group);
  const choose = name => {
    model.set('chosen', name);
    model.save_changes();
  };
  const draw = () => {
    const held = group.contains(document.activeElement) ? document.activeElement.dataset.name : '';
    group.setAttribute('aria-label', model.get('label'));
    group.dataset.wide = String(model.get('wide'));
    group.replaceChildren(...model.get('items').map(item => tile(item, model.get('chosen'), choose)));
    [...group.children].find(one => one.dataset.name === held)?.focus();
  };
  model.on('change:items change:chosen change:label change:wide', draw);
  draw();
  return () => model.off('change:items change:chosen change:label change:wide', draw);
};

export default { render };
