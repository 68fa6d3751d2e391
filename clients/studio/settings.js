/** Settings: who is signed in and for how long, webhooks, and the secret for addresses of jobs. */

import { openDialog, stylesLoaded } from './dialog.js';
import { h, say } from './dom.js';
import { showProblem } from './problems.js';
import { addressesOfJobs } from './webhook_default.js';
import { webhookForm } from './webhook_form.js';
import { webhookRow } from './webhook_row.js';
import { moment, secretShown } from './webhook_words.js';
import words from './words.js';

/** Open the dialog. */
export async function openSettings(session) {
  await stylesLoaded();
  await new Settings(session).refresh();
}

/** The dialog, and for its parts: calls that say what came of them. */
class Settings {
  #session;
  #list = h('ul', { class: 'webhooks' });
  #told = h('div', { class: 'told', role: 'status' });
  #problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  #form = webhookForm(this);

  constructor(session) {
    this.#session = session;
    const until = session.expiresAt ? `, until ${moment(session.expiresAt)}` : '';
    openDialog(
      'Settings', 'settings', h('p', {}, `You are signed in as ${session.userId}${until}.`),
      h('h3', {}, 'Webhooks'), this.#list, this.#form, ...addressesOfJobs(this),
      this.#problem, this.#told,
    );
  }

  /** Show the webhooks as they are now. */
  refresh() {
    return this.attempt(async (call) => {
      const { webhooks } = await call((sdk) => sdk.listWebhooks());
      const rows = webhooks.map((one) => webhookRow(this, one));
      this.#list.replaceChildren(...(rows.length ? rows : [h('li', {}, words.no_webhooks)]));
    });
  }

  /** Do something with a function that calls the API; what goes wrong is shown. */
  async attempt(action) {
    this.#problem.hidden = true;
    say(this.#told, '');
    try {
      await action((what) => this.#session.call(what));
    } catch (error) {
      showProblem(this.#problem, error);
      this.#problem.scrollIntoView({ block: 'nearest' });
    }
  }

  tell(text) {
    say(this.#told, text);
    this.#told.scrollIntoView({ block: 'nearest' });
  }

  /** Show a secret, to be copied, until something else happens. */
  showSecret(secret, text) {
    this.#told.replaceChildren(...secretShown(secret, text));
    this.#told.scrollIntoView({ block: 'nearest' });
  }

  /** Go on where a new webhook is added. */
  focusForm() {
    this.#form.querySelector('input').focus();
  }
}
