/** Earlier generations, a page at a time, and the jobs that have made nothing yet. */

import { $, announce, counted, h, say, webAddress } from './dom.js';
import { titleOf } from './problems.js';
import words from './words.js';

const PAGE = 8;
const OPEN_JOBS = 20;
const PICTURES = 3;

export class History {
  #session;
  #cursor = '';
  #turn = 0;

  constructor(session) {
    this.#session = session;
    $('more').addEventListener('click', () => this.#more());
    $('history-refresh').addEventListener('click', () => this.refresh({ told: true }));
  }

  /** Reload the first page. */
  async refresh({ told = false } = {}) {
    const turn = (this.#turn += 1);
    try {
      const [page, jobs] = await Promise.all([
        this.#session.call((client) => client.listGenerations({ limit: PAGE })),
        this.#session.call((client) => client.listJobs({ limit: OPEN_JOBS })),
      ]);
      if (turn !== this.#turn) return;
      const unfinished = jobs.jobs.filter((job) => job.status !== 'completed').slice(0, 5);
      $('jobs').replaceChildren(...unfinished.map(jobRow));
      $('past').replaceChildren();
      this.#add(page);
      if (told) announce(`${counted(page.count, 'entry').replace('entrys', 'entries')} shown.`);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Keep the row of the job on the stage in step with what the stage shows. */
  note(jobId, { status, progress }) {
    const row = $('jobs').querySelector(`[data-job="${CSS.escape(jobId)}"]`);
    if (!row) return;
    row.dataset.status = status;
    say(row.querySelector('.state'), status);
    say(row.querySelector('small'), `${progress}%`);
  }

  async #more() {
    const turn = this.#turn;
    const first = $('past').children.length;
    try {
      const page = await this.#session.call((client) =>
        client.listGenerations({ limit: PAGE, cursor: this.#cursor }),
      );
      if (turn !== this.#turn) return;
      this.#add(page);
      $('past').children[first]?.querySelector('a').focus();
    } catch (error) {
      this.#failed(error);
    }
  }

  #add({ generations, nextCursor }) {
    $('past').append(...generations.map((one) => this.#card(one)));
    this.#cursor = nextCursor;
    $('more').hidden = !nextCursor;
    say($('history-note'), $('past').children.length ? '' : words.no_history);
  }

  #failed(error) {
    say($('history-note'), `${titleOf(error.code)}. ${error.message}`);
  }

  #card({ generationId, prompt, images, createdAt }) {
    const pictures = images.slice(0, PICTURES).map(({ url, width, height }) =>
      h('img', { src: webAddress(url), alt: '', width, height, loading: 'lazy', decoding: 'async' }),
    );
    return h(
      'li',
      {},
      h(
        'a',
        { class: 'card past-card', href: `#/generation/${encodeURIComponent(generationId)}` },
        h('span', { class: 'strip' }, ...pictures),
        h('b', {}, prompt),
        h('small', {}, `${when(createdAt)} · ${counted(images.length, 'image')}`),
      ),
    );
  }
}

function jobRow({ jobId, status, progress, prompt, createdAt }) {
  const open = ['waiting', 'active', 'delayed'].includes(status);
  return h(
    'li',
    {},
    h(
      'a',
      {
        class: 'card job-row',
        href: `#/job/${encodeURIComponent(jobId)}`,
        'data-status': status,
        'data-job': jobId,
      },
      h('span', { class: 'state' }, status),
      h('b', {}, prompt),
      h('small', {}, open ? `${progress}%` : when(createdAt)),
    ),
  );
}

const FORMAT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const when = (time) => (time ? FORMAT.format(new Date(time)) : '');
