// A file from the user's machine, sent in pieces: a Jupyter server closes the connection at a message beyond 10 MB.

const PIECE = 2 ** 22;  // bytes
const MB = 2 ** 20;

const render = ({ model, el }) => {
  el.classList.add('fc-upload');
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = model.get('accept');
  input.hidden = true;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jupyter-button widget-button lm-mod-styled';
  button.textContent = model.get('label');
  const words = document.createElement('span');
  words.setAttribute('role', 'status');
  el.append(input, button, words);
  let number = 0;

  const send = async (file) => {
    const mine = (number += 1);
    const key = `${Date.now()}-${Math.random()}`;
    model.send({ do: 'begin', key, name: file.name, size: file.size });
    for (let at = 0; at < file.size && mine === number; at += PIECE) {
      const piece = await file.slice(at, at + PIECE).arrayBuffer();
      words.textContent = `${file.name}: ${Math.round((100 * at) / file.size)} % sent`;
      model.send({ do: 'piece', key, at }, undefined, [piece]);
    }
    if (mine === number) words.textContent = '';
  };

  button.addEventListener('click', () => input.click());
  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (!file) return;
    if (file.size > model.get('largest')) {
      model.send({ do: 'large', name: file.name, size: file.size });
    } else {
      try {
        await send(file);
      } catch (error) {
        words.textContent = `${file.name} cannot be sent (${error.message}); copy it to the server and give its path.`;
      }
    }
    input.value = '';  // so that the same file can be taken again
  });
};

export default { render };
