/** Puts the page together: who is signed in, what the address asks for, and what notifies whom. */

import { Session } from './api.js';
import { Composer } from './composer.js';
import { Cost } from './cost.js';
import { $, announce, h, say } from './dom.js';
import { History } from './history.js';
import { showProblem } from './problems.js';
import { Queue } from './queue.js';
import { SignIn } from './sign_in.js';
import { Stage } from './stage.js';

const PLACE = /^#\/(job|generation)\/([A-Za-z0-9-]+)$/;

const session = new Session((error) => signIn.open(error.message));
const signIn = new SignIn(session, () => start());
const others = new BroadcastChannel('snapasset');
const queue = new Queue(session);
const history = new History(session);
const cost = new Cost(session, (models) => composer.offer(models));
const stage = new Stage(session, {
  onState: (jobId, state) => history.note(jobId, state),
  onChanged: (ended) => (ended ? changed() : queue.refresh()),
  onShown: look,
  onOrdered: created,
  priceOf: (order) => cost.estimate(order),
  onDeleted: () => {
    leave();
    changed();
  },
  onAgain: (order) => {
    leave();
    composer.fill(order, platforms);
  },
});
const composer = new Composer(session, {
  onCreated: created,
  onChange: (order) => {
    cost.show(order);
    if (!place()) stage.preview(order);
  },
});
let platforms = [];

async function start() {
  try {
    const [signedIn, found] = await Promise.all([session.begin(), session.client.platforms()]);
    platforms = found.platforms;
    stage.platforms = platforms;
    history.platforms = platforms;
    composer.begin(platforms);
    signIn.refresh();
    if (!signedIn) return signIn.open();
  } catch (error) {
    const box = h('div', { class: 'notice', role: 'alert' });
    $('stage').replaceChildren(box);
    showProblem(box, error);
    setTimeout(start, 5_000); // the service may still be starting
    return undefined;
  }
  go();
  refresh();
}

function place() {
  return PLACE.exec(location.hash);
}

function go() {
  const found = place();
  if (!found) stage.preview(composer.order);
  else if (found[1] === 'job') stage.job(found[2]);
  else stage.generation(found[2]);
}

function created(job, order) {
  // Not through `location.hash`, which would load the job again: here we already have it.
  window.history.pushState(null, '', `#/job/${job.jobId}`);
  stage.job(job.jobId, order, job);
  changed();
}

function leave() {
  window.history.pushState(null, '', location.pathname);
  go();
}

/** Move to the images, and scroll if their progress is out of view. */
function look() {
  $('stage').focus({ preventScroll: true });
  const panel = $('stage').firstElementChild ?? $('stage');
  const { top, bottom } = panel.getBoundingClientRect();
  const bar = document.querySelector('.bar').getBoundingClientRect();
  if (top >= bar.bottom && top < innerHeight / 2 && bottom <= innerHeight) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  $('stage').scrollIntoView({ behavior: calm ? 'auto' : 'smooth' });
}

function refresh() {
  history.refresh();
  queue.refresh();
  cost.refresh();
}

/** Let the other tabs know that something has changed here. */
function changed() {
  refresh();
  others.postMessage('changed');
}

function connection() {
  const text = 'You are offline. Jobs go on without you; this page catches up by itself.';
  $('offline').hidden = navigator.onLine;
  say($('offline'), navigator.onLine ? '' : text);
  if (navigator.onLine) announce('You are online again.');
}

others.addEventListener('message', refresh);
window.addEventListener('hashchange', go);
window.addEventListener('online', () => {
  connection();
  refresh();
});
window.addEventListener('offline', connection);
$('skip').addEventListener('click', (event) => {
  event.preventDefault(); // the address may name a job
  $('stage').focus();
});
if (!navigator.onLine) connection();
start();
