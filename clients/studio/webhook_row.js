/** One webhook in the settings: how it is doing, and what can be done with it. */

import { confirmed } from './dialog.js';
import { h } from './dom.js';
import { showDeliveries } from './webhook_deliveries.js';
import { healthOf, moment, outcomeOf } from './webhook_words.js';
import words from './words.js';

const LOOKS = 20;
const PAUSE_MS = 1000;

/** `settings` makes calls and says what came of them. */
export function webhookRow(settings, webhook) {
  const { webhookId: id, url, events } = webhook;
  const log = h('ul', { class: 'deliveries' });
  const act = (label, action, style) => h(
    'button',
    { type: 'button', class: style, 'aria-label': `${label}: ${url}`, onclick: action },
    label,
  );

  const test = () => settings.attempt(async (call) => {
    settings.tell('A test is on its way…');
    const tested = await call((sdk) => sdk.testWebhook(id));
    const delivery = await ended(settings, call, id, tested.delivery, log);
    settings.tell(`The test: ${outcomeOf(delivery)}.`);
  });
  const rotate = () => settings.attempt(async (call) => {
    const { secret, formerValidUntil } = await call((sdk) => sdk.rotateWebhookSecret(id));
    settings.showSecret(secret, rotated(url, formerValidUntil));
  });
  const remove = async () => {
    const text = `${url} is told nothing more, and its deliveries are forgotten.`;
    if (!(await confirmed('Delete this webhook?', text, 'Delete it'))) return;
    await settings.attempt((call) => call((sdk) => sdk.deleteWebhook(id)));
    await settings.refresh();
    settings.focusForm();
  };

  const health = healthOf(webhook);
  return h(
    'li',
    {},
    h('p', {}, url),
    h('p', { class: 'hint' }, `Is told of ${events.join(', ')}.`),
    health ? h('p', { class: 'health' }, health) : undefined,
    h('div', { class: 'actions' },
      act('Test', test),
      act('Deliveries', () => showDeliveries(settings, id, log)),
      act('New secret', rotate),
      act('Delete', remove, 'danger')),
    log,
  );
}

/** What is said beside a new secret. */
function rotated(url, until) {
  return `The new secret of ${url}. The former one signs, too, until ${moment(until)}. ${words.shown_once}`;
}

/** Look at a test, which is tried once, until it has ended or the dialog is closed. */
async function ended(settings, call, id, delivery, log) {
  let seen = delivery;
  for (let look = 0; look < LOOKS && seen.status === 'pending' && log.isConnected; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const { deliveries } = await call((sdk) => sdk.listDeliveries(id));
    seen = deliveries.find((one) => one.deliveryId === seen.deliveryId) ?? seen;
  }
  return seen;
}
