// Sends twenty requests at once, then counts on the server's own card how many of them are there.
const form = document.getElementById('press');
const button = form.querySelector('button');
const result = document.getElementById('result');
const SIZE = 20;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  button.textContent = 'Collecting…';
  const press = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  const answers = await Promise.all(Array.from({ length: SIZE }, (_, n) => stamp(`${press}-${n}`)));
  const card = await newestCard();
  const kept = card ? card.querySelectorAll(`[data-press="${press}"]`).length : '?';
  const answered = answers.filter((answer) => answer !== null);
  const overtaken = answered.filter((answer) => answer.others > 0).length;
  result.textContent = `${kept} of ${SIZE} stamps of this press are on the card. `
    + (answered.length < SIZE ? `${SIZE - answered.length} requests were refused. ` : '')
    + `${overtaken} of the requests found that others had stamped the card between their read and their write: `
    + 'where the last write wins, each of those would have wiped out the stamps that came in between.';
  result.hidden = false;
  button.textContent = 'Collect 20 stamps at once';
  button.disabled = !card || card.dataset.full === 'true';
});

async function stamp(name) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('name', name);
  const response = await fetch(form.action, { method: 'POST', body: fields, headers: { Accept: 'application/json' } });
  return response.ok ? response.json() : null;
}

async function newestCard() {
  const response = await fetch(location.href);
  if (!response.ok) {
    return null;
  }
  const card = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('card');
  document.getElementById('card').replaceWith(card);
  return card;
}
