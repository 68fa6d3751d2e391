/** The webhook that everybody has: what is sent to addresses that jobs name is signed by its secret. */

import { h } from './dom.js';
import { showDeliveries } from './webhook_deliveries.js';
import { moment } from './webhook_words.js';

const ID = 'default';

/** The part of the settings about it; `settings` makes calls and says what came of them. */
export function addressesOfJobs(settings) {
  const log = h('ul', { class: 'deliveries' });
  const button = (text, onclick) => h('button', { type: 'button', onclick }, text);

  const show = () => settings.attempt(async (call) => {
    const { secret } = await call((sdk) => sdk.webhookSecret());
    settings.showSecret(secret, 'What goes to addresses of jobs is signed with this secret.');
  });
  const rotate = () => settings.attempt(async (call) => {
    const { secret, formerValidUntil } = await call((sdk) => sdk.rotateWebhookSecret(ID));
    const until = `The former one signs, too, until ${moment(formerValidUntil)}.`;
    settings.showSecret(secret, `The new secret for addresses of jobs. ${until}`);
  });

  return [
    h('h3', {}, 'Addresses of jobs'),
    h('p', { class: 'hint' }, 'A job of the API may name an address of its own, as webhookUrl.'),
    h('div', { class: 'actions' },
      button('Show their secret', show),
      button('Renew their secret', rotate),
      button('Their deliveries', () => showDeliveries(settings, ID, log))),
    log,
  ];
}
