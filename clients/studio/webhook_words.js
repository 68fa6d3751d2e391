/** What settings say about webhooks: times, deliveries, secrets. */

import { counted, h, say } from './dom.js';

export function moment(time) {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** How a webhook is doing, "" while nothing is wrong. */
export function healthOf({ disabledAt, failures, pending, missed }) {
  if (disabledAt) {
    return 'Disabled: it answered 410 Gone. Once it takes a test, it is enabled again.';
  }
  const parts = [
    failures && `The last ${counted(failures, 'call')} failed.`,
    pending && `${counted(pending, 'message')} waiting to be taken.`,
    missed && `${counted(missed, 'message')} missed, because too many were waiting.`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** What became of a delivery. */
export function outcomeOf({ status, tries }) {
  const outcome = tries.at(-1)?.outcome;
  const tried = tries.length ? `, ${counted(tries.length, 'call')}` : '';
  return `${status}${tried}${outcome ? ` (${outcome})` : ''}`;
}

/** The parts that show a secret below `text`. */
export function secretShown(secret, text) {
  const copied = h('span', { class: 'hint' });
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    say(copied, 'Copied.');
  };
  const button = h('button', { type: 'button', onclick: copy }, 'Copy the secret');
  button.hidden = !navigator.clipboard?.writeText;
  return [h('p', {}, text), h('code', {}, secret), h('div', { class: 'actions' }, button, copied)];
}
