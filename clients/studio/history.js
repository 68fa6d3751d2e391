/** Earlier generations, a page at a time, and the jobs that have made nothing yet. */

import { card, jobRow, when } from './cards.js';
import { $, announce, counted, h, say } from './dom.js';
import { titleOf } from './problems.js';
import words from './words.js';

const PAGE = 8;
const OPEN_JOBS = 20;
const UNFINISHED = 5;
const MOST_OF_A_BATCH = 100;
const SEARCHED_PAGE = 100;
const MOST_SEARCHED = 2_000;

export class History {
  #session;
  #owner = '';
  #cursor = '';
  #turn = 0;
  #last = Promise.resolve();
  #batchOf = new Map();

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
  refresh({ told = false, anew = false } = {}) {
    const turn = (this.#turn += 1);
    if (this.#owner !== this.#session.userId) this.#empty();
    const overtaken = () => turn !== this.#turn;
    return this.#afterTheLast(async () => {
      if (overtaken()) return;
      const wanted = Math.max(PAGE, anew ? 0 : $('past').children.length);
      const jobs = this.#jobs();
      const [found, listed] = await Promise.all([this.#find(wanted, '', jobs), jobs]);
      if (overtaken()) return; // the next in line asks for what is wanted by now
      this.#offerBatches();
      $('jobs').replaceChildren(...this.#withoutCard(listed).map(jobRow));
      const focused = document.activeElement.closest('.past-card')?.href;
      $('past').replaceChildren();
      this.#add(found);
      [...$('past').querySelectorAll('a')].find((one) => one.href === focused)?.focus({ preventScroll: true });
      const cards = $('past').children.length;
      if (told) announce(`${counted(cards, 'entry').replace('entrys', 'entries')} shown.`);
    });
  }

  /** Keep the row of the job on the stage in step with what the stage shows. */
  note(jobId, { status, progress }) {
    const row = $('jobs').querySelector(`[data-job="${CSS.escape(jobId)}"]`);
    if (!row) return;
    row.dataset.status = status;
    say(row.querySelector('.state'), status);
    say(row.querySelector('.so-far'), `${progress}%`);
  }

  #more() {
    return this.#afterTheLast(async () => {
      if (!this.#cursor) return;
      const first = $('past').children.length;
      this.#add(await this.#find(PAGE, this.#cursor, this.#jobs()));
      $('past').children[first]?.querySelector('a').focus();
    });
  }

  /** One at a time: a page that arrives while the list is loaded anew would be lost or shown twice. */
  #afterTheLast(act) {
    this.#last = this.#last.then(act).catch((error) => this.#failed(error));
    return this.#last;
  }

  /** Somebody else has signed in. */
  #empty() {
    this.#owner = this.#session.userId;
    this.#cursor = '';
    this.#batchOf.clear();
    $('past').replaceChildren();
    $('jobs').replaceChildren();
    $('more').hidden = true;
  }

  get #filter() {
    return {
      words: $('history-search').value.toLowerCase().split(/\s+/).filter(Boolean),
      platform: $('history-platform').value,
      state: $('history-state').value,
      batch: $('history-batch').value,
    };
  }

  /** The latest jobs, or all of a batch. */
  async #jobs() {
    const { platform, state, batch } = this.#filter;
    const { jobs } = await this.#session.call((client) => client.listJobs({
      limit: batch ? MOST_OF_A_BATCH : OPEN_JOBS,
      status: state || undefined, platform: platform || undefined, batchId: batch || undefined,
    }));
    for (const { jobId, batchId } of jobs) if (batchId) this.#batchOf.set(jobId, batchId);
    return jobs;
  }

  /** Those under way and those that failed. */
  #withoutCard(jobs) {
    const { words: wanted, state, batch } = this.#filter;
    const mine = jobs.filter((job) => job.status !== 'completed' && has(job.prompt, wanted));
    return state || batch ? mine : mine.slice(0, UNFINISHED);
  }

  /** The next `wanted` generations that pass the filter; the API lists them, this page searches. */
  async #find(wanted, begin, jobs) {
    const { words: search, platform, state, batch } = this.#filter;
    const found = { generations: [], nextCursor: begin };
    if (state && state !== 'completed') return { ...found, nextCursor: '' };
    const searches = search.length || platform || batch;
    const limit = searches ? SEARCHED_PAGE : Math.min(wanted, SEARCHED_PAGE);
    const left = batch && new Set((await jobs).map((one) => one.jobId));
    let seen = 0;
    do {
      const { nextCursor: cursor } = found;
      const page = await this.#session.call((client) => client.listGenerations({ limit, cursor }));
      seen += page.generations.length;
      found.nextCursor = page.nextCursor;
      found.generations.push(...page.generations.filter((one) =>
        has(one.prompt, search)
        && (!platform || one.images.some((image) => image.platformId === platform))
        && (!left || left.delete(one.jobId))));
      if (left?.size === 0) found.nextCursor = '';
    } while (found.generations.length < wanted && found.nextCursor && seen < MOST_SEARCHED);
    return found;
  }

  /** Offer the batches of the jobs seen so far, if there are any. */
  #offerBatches() {
    const chosen = $('history-batch').value;
    const ids = [...new Set(this.#batchOf.values())].sort().reverse();
    const options = ids.map((id) => h('option', { value: id }, `Batch of ${when(Number(id.split('-')[1]))}`));
    $('history-batch').replaceChildren(h('option', { value: '' }, 'With and without batch'), ...options);
    $('history-batch').value = chosen;
    $('history-batch').hidden = !ids.length;
  }

  #add({ generations, nextCursor }) {
    $('past').append(...generations.map((one) => card(one, this.#batchOf.has(one.jobId))));
    this.#cursor = nextCursor;
    $('more').hidden = !nextCursor;
    const shown = $('past').children.length + $('jobs').children.length;
    const { words: search, platform, state, batch } = this.#filter;
    const filtered = search.length || platform || state || batch;
    const none = filtered ? 'Nothing matches.' : words.no_history;
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
