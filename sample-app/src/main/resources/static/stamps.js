// Sends twenty requests at once, then counts on the server's own card how many of them are there.
const form = document.getElementById('press');
const button = form.querySelector('button');
const result = document.getElementById('result');
const otherTabs = new BroadcastChannel('stamps');
const SIZE = 20;
let pressing = false;
let asked = 0;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (pressing || isFull()) {
    return;
  }
  pressing = true;
  showButton();
  const press = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  const answers = await Promise.all(Array.from({ length: SIZE }, (_, n) => stamp(`${press}-${n}`)));
  const card = await newestCard();
  result.textContent = card
    ? outcome(card.querySelectorAll(`[data-press="${press}"]`).length, answers.filter((answer) => answer !== null))
    : 'The shop did not answer, so it is not known which stamps are on the card. Please try again.';
  result.hidden = false;
  pressing = false;
  showButton();
  otherTabs.postMessage('stamped');
});

// All tabs show one session's card: it may be another one by now, or the session may be.
otherTabs.addEventListener('message', newestCard);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && newestCard());
otherTabs.postMessage('opened');
showButton();

function isFull() {
  return document.getElementById('card').dataset.full === 'true';
}

// It keeps the keyboard's focus, which a disabled button loses.
function showButton() {
  button.textContent = pressing ? 'Collecting…' : 'Collect 20 stamps at once';
  button.ariaDisabled = String(pressing || isFull());
}

function outcome(kept, answered) {
  const overtaken = answered.filter((answer) => answer.others > 0).length;
  return `${kept} of ${SIZE} stamps of this press are on the card. `
    + (answered.length < SIZE ? `${SIZE - answered.length} requests were refused or got no answer: please try again. ` : '')
    + `${overtaken} of the requests found that others had stamped the card between their read and their write: `
    + 'where the last write wins, each of those would have wiped out the stamps that came in between.';
}

function stamp(name) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set('name', name);
  const request = { method: 'POST', body: fields, headers: { Accept: 'application/json' } };
  return ask(form.action, request, (response) => response.json());
}

// Shows the card as it is, and takes over the CSRF token, which a login in another tab changes.
async function newestCard() {
  asked += 1;
  const mine = asked;
  const text = await ask(location.href, {}, (response) => response.text());
  if (text === null) {
    return null;
  }
  const page = new DOMParser().parseFromString(text, 'text/html');
  const card = page.getElementById('card');
  if (mine === asked) {
    const token = page.querySelector('#press [name=_csrf]').value;
    document.querySelectorAll('[name=_csrf]').forEach((field) => { field.value = token; });
    document.getElementById('card').replaceWith(card);
    showButton();
  }
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
