/** What a webhook was sent, newest first; each of it can be sent again. */

import { h } from './dom.js';
import { moment, outcomeOf } from './webhook_words.js';
import words from './words.js';

const SHOWN = 10;

/** Show the last deliveries to a webhook in `log`. */
export function showDeliveries(settings, id, log) {
  return settings.attempt(async (call) => {
    const { deliveries } = await call((sdk) => sdk.listDeliveries(id, { limit: SHOWN }));
    const rows = deliveries.map((one) => row(settings, id, log, one));
    log.replaceChildren(...(rows.length ? rows : [h('li', {}, words.no_deliveries)]));
  });
}

function row(settings, id, log, delivery) {
  const { deliveryId, type, createdAt } = delivery;
  const told = `${moment(createdAt)}: ${type}, ${outcomeOf(delivery)}`;
  const again = () => settings.attempt(async (call) => {
    const answer = await call((sdk) => sdk.redeliver(id, deliveryId));
    log.querySelector(`[data-id="${deliveryId}"]`)?.replaceWith(row(settings, id, log, answer.delivery));
    log.querySelector(`[data-id="${deliveryId}"] button`)?.focus();
    settings.tell('It is sent again. “Deliveries” shows what becomes of it.');
  });
  const button = h(
    'button', { type: 'button', class: 'quiet', 'aria-label': `Send again: ${told}`, onclick: again },
    'Send again',
  );
  return h('li', { 'data-id': deliveryId }, told, button);
}
