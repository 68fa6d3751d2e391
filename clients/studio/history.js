/** Earlier generations, a page at a time, and the jobs that have made nothing yet. */

import { $, announce, counted, h, say, webAddress } from './dom.js';
import { titleOf } from './problems.js';
import words from './words.js';

const PAGE = 8;
const OPEN_JOBS = 20;
const UNFINISHED = 5;
const SEARCHED_PAGE = 100;
const MOST_SEARCHED = 2_000;

export class History {
  #session;
  #cursor = '';
  #turn = 0;

  constructor(session) {
    this.#session = session;
    $('more').addEventListener('click', () => this.#more());
    $('history-refresh').addEventListener('click', () => this.refresh({ told: true }));
    let pause;
    $('history-filter').addEventListener('input', () => {
      clearTimeout(pause);
      pause = setTimeout(() => this.refresh({ told: true, anew: true }), 300);
    });
    $('history-filter').addEventListener('submit', (event) => event.preventDefault());
  }

  /** Offer the platforms to filter by. */
  set platforms(all) {
    const chosen = $('history-platform').value;
    const options = all.map(({ id, name }) => h('option', { value: id }, name));
    $('history-platform').replaceChildren(h('option', { value: '' }, 'Every platform'), ...options);
    $('history-platform').value = chosen;
  }

  /** Load it anew: as many cards as there were, so that the page stays where it is. */
  async refresh({ told = false, anew = false } = {}) {
    const turn = (this.#turn += 1);
    const wanted = Math.max(PAGE, anew ? 0 : $('past').children.length);
    try {
      const [found, jobs] = await Promise.all([this.#find(wanted, ''), this.#jobs()]);
      if (turn !== this.#turn) return;
      $('jobs').replaceChildren(...jobs.map(jobRow));
      $('past').replaceChildren();
      this.#add(found);
      const cards = $('past').children.length;
      if (told) announce(`${counted(cards, 'entry').replace('entrys', 'entries')} shown.`);
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
      const found = await this.#find(PAGE, this.#cursor);
      if (turn !== this.#turn) return;
      this.#add(found);
      $('past').children[first]?.querySelector('a').focus();
    } catch (error) {
      this.#failed(error);
    }
  }

  get #filter() {
    return {
      words: $('history-search').value.toLowerCase().split(/\s+/).filter(Boolean),
      platform: $('history-platform').value,
      state: $('history-state').value,
    };
  }

  /** The jobs that have no card: those under way and those that failed. */
  async #jobs() {
    const { words: wanted, platform, state } = this.#filter;
    if (state === 'completed') return [];
    const status = state || undefined;
    const page = await this.#session.call((client) =>
      client.listJobs({ limit: OPEN_JOBS, status, platform: platform || undefined }));
    const mine = page.jobs.filter((job) =>
      job.status !== 'completed' && has(job.prompt, wanted));
    return state ? mine : mine.slice(0, UNFINISHED);
  }

  /** The next `wanted` generations that pass the filter; the API lists them, this page searches. */
  async #find(wanted, begin) {
    const { words: search, platform, state } = this.#filter;
    const found = { generations: [], nextCursor: begin };
    if (state && state !== 'completed') return { ...found, nextCursor: '' };
    const limit = search.length || platform ? SEARCHED_PAGE : Math.min(wanted, SEARCHED_PAGE);
    let seen = 0;
    do {
      const { nextCursor: cursor } = found;
      const page = await this.#session.call((client) => client.listGenerations({ limit, cursor }));
      seen += page.generations.length;
      found.nextCursor = page.nextCursor;
      found.generations.push(...page.generations.filter((one) =>
        has(one.prompt, search)
        && (!platform || one.images.some((image) => image.platformId === platform))));
    } while (found.generations.length < wanted && found.nextCursor && seen < MOST_SEARCHED);
    return found;
  }

  #add({ generations, nextCursor }) {
    $('past').append(...generations.map(card));
    this.#cursor = nextCursor;
    $('more').hidden = !nextCursor;
    const shown = $('past').children.length + $('jobs').children.length;
    const { words: search, platform, state } = this.#filter;
    const none = search.length || platform || state ? 'Nothing matches.' : words.no_history;
    say($('history-note'), shown ? '' : none);
  }

  #failed(error) {
    say($('history-note'), `${titleOf(error.code)}. ${error.message}`);
  }
}

const has = (prompt, wanted) => {
  const text = prompt.toLowerCase();
  return wanted.every((word) => text.includes(word));
};

/** One picture in its own shape stands for all. */
function card({ generationId, prompt, images, createdAt }) {
  const [first] = images;
  const place = h('span', { class: 'cover' });
  if (first) {
    const { width, height } = first;
    const gone = () => place.replaceChildren('No picture any more');
    const src = webAddress(first.url);
    place.append(h('img', { src, alt: '', width, height, loading: 'lazy', decoding: 'async', onerror: gone }));
  } else {
    place.append('No picture');
  }
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'card past-card', href: `#/generation/${encodeURIComponent(generationId)}` },
      place,
      h('b', {}, prompt || 'A picture of your own'),
      h('small', {}, `${when(createdAt)} · ${counted(images.length, 'image')}`),
    ),
  );
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

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const when = (time) => (time ? FORMAT.format(new Date(time)) : '');
