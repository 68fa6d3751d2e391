/** The form that adds a webhook. */

import { h } from './dom.js';
import words from './words.js';

const EVENTS = [
  ['job.completed', 'Completed jobs', true],
  ['job.failed', 'Failed jobs', true],
  ['job.cancelled', 'Cancelled jobs', true],
  ['rendition.completed', 'Each finished image', false],
];

/** `settings` makes calls and says what came of them. */
export function webhookForm(settings) {
  const address = h('input', {
    id: 'webhook-url', type: 'url', placeholder: 'https://example.com/hooks', autocomplete: 'off',
  });
  const boxes = EVENTS.map(([value, , checked]) => h('input', { type: 'checkbox', value, checked }));
  const choices = EVENTS.map(([, name], at) => h('label', {}, boxes[at], name));

  const add = (event) => {
    event.preventDefault();
    const url = address.value.trim();
    const events = boxes.filter((box) => box.checked).map((box) => box.value);
    return settings.attempt(async (call) => {
      if (!events.length) {
        throw Object.assign(new Error('Choose what it is to be told of.'), { code: 'INVALID_REQUEST' });
      }
      const { secret } = await call((sdk) => sdk.createWebhook({ url, events }));
      address.value = '';
      await settings.refresh();
      settings.showSecret(secret, `The secret of ${url}. ${words.shown_once}`);
    });
  };

  return h(
    'form',
    { novalidate: true, onsubmit: add },
    h('label', { for: 'webhook-url' }, 'Tell this address'),
    address,
    h('fieldset', { class: 'events' }, h('legend', {}, 'of'), ...choices),
    h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Add webhook')),
  );
}
