/** The dialog in which people enter their token. */

import { $, h, say } from './dom.js';
import { late } from './late.js';

export class SignIn {
  #session;
  #onSignedIn;
  #settings;

  constructor(session, onSignedIn) {
    this.#session = session;
    this.#onSignedIn = onSignedIn;
    $('account').addEventListener('click', () => this.open());
    $('sign-in-close').addEventListener('click', () => $('sign-in').close());
    this.#settings = h('button', { type: 'button', onclick: () => this.#openSettings() }, 'Settings');
    $('sign-in-close').before(this.#settings);
    $('sign-in-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Ask for a token; `why` says what happened to the previous one. */
  open(why = '') {
    const who = this.#session.userId;
    const usual = who
      ? `You are signed in as ${who}. Another token signs you in as somebody else.`
      : 'Paste a token of your identity provider. On a stack of your own, make token prints one.';
    say($('sign-in-why'), why ? `${why} ${usual}` : usual);
    say($('token-problem'), '');
    this.#settings.hidden = !who;
    if (!$('sign-in').open) $('sign-in').showModal();
    $('token').focus();
  }

  /** Show who is signed in. */
  refresh() {
    say($('account'), this.#session.userId || 'Sign in');
    const label = this.#session.userId ? `Signed in as ${this.#session.userId}` : undefined;
    if (label) $('account').setAttribute('aria-label', label);
    else $('account').removeAttribute('aria-label');
  }

  async #openSettings() {
    $('sign-in').close();
    const { openSettings } = await late(() => import('./settings.js'));
    await openSettings(this.#session);
  }

  async #submit() {
    try {
      await this.#session.use($('token').value.trim());
    } catch (error) {
      say($('token-problem'), error.message);
      $('token').focus();
      return;
    }
    $('token').value = '';
    $('sign-in').close();
    this.refresh();
    this.#onSignedIn();
  }
}
