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
  result.textContent = card
    ? outcome(card.querySelectorAll(`[data-press="${press}"]`).length, answers.filter((answer) => answer !== null))
    : 'The shop did not answer, so it is not known which stamps are on the card. Please try again.';
  result.hidden = false;
  button.textContent = 'Collect 20 stamps at once';
  button.disabled = card !== null && card.dataset.full === 'true';
});

function outcome(kept, answered) {
  const overtaken = answered.filter((answer) => answer.others > 0).length;
  return `${kept} of ${SIZE} stamps of this press are on the card. `
    + (answered.length < SIZE ? `${SIZE - answered.length} requests were refused or got no answer. ` : '')
    + `${overtaken} of the requests found that others had stamped the card between their read and their write: `
    + 'where the last write wins, each of those would have wiped out the stamps that came in between.';
}

function stamp(name) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('name', name);
  const request = { method: 'POST', body: fields, headers: { Accept: 'application/json' } };
  return ask(form.action, request, (response) => response.json());
}

async function newestCard() {
  const page = await ask(location.href, {}, (response) => response.text());
  if (page === null) {
    return null;
  }
  const card = new DOMParser().parseFromString(page, 'text/html').getElementById('card');
  document.getElementById('card').replaceWith(card);
  return card;
}

// What the shop answers, or null if it refused or could not be reached.
async function ask(address, request, read) {
  try {
    const response = await fetch(address, request);
    return response.ok ? await read(response) : null;
  } catch (noAnswer) {
    return null;
  }
}
