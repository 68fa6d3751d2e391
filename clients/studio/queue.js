/** The state of the queue in one line, and its figures for anyone who opens it. */

import { $, h, say } from './dom.js';
import words from './words.js';

/** Each look uses up one request of the caller's allowance, so there are few. */
const EVERY_MS = 60_000;
const BACKED_UP = 100;

export class Queue {
  #session;

  constructor(session) {
    this.#session = session;
    setInterval(() => document.hidden || this.refresh(), EVERY_MS);
    $('queue').addEventListener('toggle', () => $('queue').open && this.refresh());
  }

  async refresh() {
    if (!this.#session.userId) return this.#show('unknown', 'Queue');
    try {
      const stats = await this.#session.call((client) => client.queueStats());
      const rows = words.states.flatMap((state) => [
        h('dt', {}, state),
        h('dd', {}, (stats[state] ?? 0).toLocaleString()),
      ]);
      $('queue-counts').replaceChildren(...rows);
      const line = `Queue: ${stats.waiting} waiting, ${stats.active} active`;
      if (stats.paused) this.#show('slow', words.paused);
      else this.#show(stats.waiting > BACKED_UP ? 'slow' : 'fine', line);
    } catch (error) {
      this.#show('bad', error.status ? 'Queue' : words.unreachable);
    }
  }

  #show(health, line) {
    $('queue').dataset.health = health;
    say($('queue-line'), line);
  }
}
