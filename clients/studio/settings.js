/** Settings: who is signed in and for how long, webhooks and what was delivered to them. */

import { confirmed, openDialog, stylesLoaded } from './dialog.js';
import { counted, h, say } from './dom.js';
import { showProblem } from './problems.js';

const SHOWN_DELIVERIES = 10;

/** Open the dialog. */
export async function openSettings(session) {
  await stylesLoaded();
  const settings = new Settings(session);
  await settings.refresh();
}

class Settings {
  #session;
  #list = h('ul', { class: 'webhooks' });
  #told = h('p', { class: 'hint', role: 'status' });
  #problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  #address = h('input', { id: 'webhook-url', type: 'url', placeholder: 'https://example.com/hooks' });

  constructor(session) {
    this.#session = session;
    const until = session.expiresAt ? `, until ${moment(session.expiresAt)}` : '';
    const add = h(
      'form',
      { novalidate: true, onsubmit: (event) => this.#add(event) },
      h('label', { for: 'webhook-url' }, 'Tell this address how my jobs end'),
      this.#address,
      h('div', { class: 'actions' }, h('button', { type: 'submit' }, 'Add webhook')),
    );
    openDialog(
      'Settings', 'settings', h('p', {}, `You are signed in as ${session.userId}${until}.`),
      h('h3', {}, 'Webhooks'), this.#list, add, this.#problem, this.#told,
    );
  }

  /** Show the webhooks as they are now. */
  refresh() {
    return this.#try(async () => {
      const { webhooks } = await this.#session.call((client) => client.listWebhooks());
      const rows = webhooks.map((one) => this.#row(one));
      this.#list.replaceChildren(...(rows.length ? rows : [h('li', {}, 'There is none.')]));
    });
  }

  #row(webhook) {
    const id = webhook.webhookId;
    const log = h('ul', { class: 'deliveries' });
    const act = (label, action) => h(
      'button', { type: 'button', 'aria-label': `${label}: ${webhook.url}`, onclick: action }, label,
    );
    return h(
      'li',
      {},
      h('p', {}, webhook.url, webhook.disabledAt ? ' (disabled: it failed for too long)' : ''),
      h('div', { class: 'actions' },
        act('Test', () => this.#test(id, log)),
        act('Deliveries', () => this.#deliveries(id, log)),
        act('Delete', () => this.#delete(webhook))),
      log,
    );
  }

  #add(event) {
    event.preventDefault();
    const url = this.#address.value.trim();
    return this.#try(async () => {
      const { secret } = await this.#session.call((client) => client.createWebhook({ url }));
      this.#address.value = '';
      await this.refresh();
      say(this.#told, `Keep its secret, which is shown only now: ${secret}`);
    });
  }

  #test(id, log) {
    return this.#try(async () => {
      await this.#session.call((client) => client.testWebhook(id));
      await this.#deliveries(id, log);
      say(this.#told, 'A test message is on its way. “Deliveries” shows what became of it.');
    });
  }

  #deliveries(id, log) {
    return this.#try(async () => {
      const page = { limit: SHOWN_DELIVERIES };
      const { deliveries } = await this.#session.call((client) => client.listDeliveries(id, page));
      const rows = deliveries.map((one) => h('li', {}, inWords(one)));
      log.replaceChildren(...(rows.length ? rows : [h('li', {}, 'Nothing was delivered yet.')]));
    });
  }

  async #delete({ webhookId, url }) {
    const text = `${url} is told nothing more, and its deliveries are forgotten.`;
    if (!await confirmed('Delete this webhook?', text, 'Delete it')) return undefined;
    return this.#try(async () => {
      await this.#session.call((client) => client.deleteWebhook(webhookId));
      await this.refresh();
    });
  }

  async #try(action) {
    this.#problem.hidden = true;
    say(this.#told, '');
    try {
      await action();
    } catch (error) {
      showProblem(this.#problem, error);
    }
  }
}

function inWords({ type, status, createdAt, tries }) {
  const outcome = tries.at(-1)?.outcome;
  const tried = tries.length ? `, ${counted(tries.length, 'attempt')}` : '';
  return `${moment(createdAt)}: ${type}, ${status}${tried}${outcome ? ` (${outcome})` : ''}`;
}

function moment(time) {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
