/** The place where the images of a job arrive, or those of the history are viewed. */

import { SnapAssetError } from './sdk/index.js';
import { $, announce, counted, h, say } from './dom.js';
import { saveAll } from './download.js';
import { follow } from './follow.js';
import { Gallery } from './gallery.js';
import { jobPanel } from './panel.js';
import { showProblem } from './problems.js';
import words from './words.js';

const OPEN = ['waiting', 'active', 'delayed'];

export class Stage {
  #session;
  #platforms = new Map();
  #leave = new AbortController();
  #hooks;

  /**
   * Hooks: `onState(jobId, state)` for each event, `onChanged(ended)` when the job's status has
   * changed, `onAgain(order)` to change the order and place it again.
   */
  constructor(session, hooks) {
    this.#session = session;
    this.#hooks = hooks;
  }

  set platforms(all) {
    this.#platforms = new Map(all.map((one) => [one.id, one]));
  }

  /** Show the shapes of the chosen platforms; nothing has been ordered yet. */
  preview(chosen) {
    const gallery = new Gallery(this.#shapes(chosen), '');
    gallery.element.classList.add('ghosts');
    const lead = chosen.length
      ? `Your ${counted(chosen.length, 'image')} will appear here.`
      : 'Choose a platform, and you see its shape here.';
    this.#fill(h('p', { class: 'lead' }, lead), gallery.element);
    document.title = 'SnapAsset';
  }

  /** Show a job and follow it to its end. `order` is given when it has just been created. */
  async job(jobId, order, created) {
    const view = this.#begin();
    try {
      const job = order
        ? { status: 'waiting', progress: 0, message: '', data: order }
        : await this.#session.call((client) => client.getJob(jobId, { signal: view.signal }));
      view.order = job.data;
      this.#open(view, jobId);
      if (created) {
        const time = words.about.replace('{time}', created.estimatedTime);
        say(view.panel.hint, `${created.message}, ${time}`);
      }
      this.#show(view, { ...job, images: job.result?.images ?? [] });
      if (job.status !== 'completed') await this.#follow(view, jobId);
    } catch (error) {
      this.#refused(view, error);
    }
  }

  /** Show a generation of the history. */
  async generation(generationId) {
    const view = this.#begin();
    try {
      const { generation } = await this.#session.call((client) =>
        client.getGeneration(generationId, { signal: view.signal }),
      );
      const { images, prompt } = generation;
      view.order = { prompt, platforms: images.map((one) => one.platformId) };
      this.#open(view);
      const message = `Painted by ${generation.model}`;
      this.#show(view, { status: 'completed', progress: 100, message, images });
    } catch (error) {
      this.#refused(view, error);
    }
  }

  #begin() {
    this.#leave.abort();
    this.#leave = new AbortController();
    this.#fill(h('p', { class: 'lead' }, 'Loading …'));
    return { signal: this.#leave.signal };
  }

  #fill(...content) {
    $('stage').replaceChildren(...content);
  }

  #shapes(ids) {
    const square = { width: 1080, height: 1080 };
    return ids.map((id) => this.#platforms.get(id) ?? { id, name: id, ...square });
  }

  #open(view, jobId) {
    view.jobId = jobId;
    view.gallery = new Gallery(this.#shapes(view.order.platforms), view.order.prompt);
    view.panel = jobPanel(view.order.prompt, {
      cancel: () => this.#act(view, 'Cancelling …', (client) => client.cancelJob(jobId)),
      retry: () => this.#retry(view, jobId),
      save: () => this.#save(view),
      again: () => this.#hooks.onAgain(view.order),
    });
    this.#fill(view.panel.element, view.gallery.element);
  }

  async #follow(view, jobId) {
    await follow(this.#session, jobId, {
      signal: view.signal,
      onEvent: (event) => this.#show(view, event),
      onLost: () => {
        view.panel.element.dataset.lost = '';
        const hint = `${words.unreachable} ${words.goes_on}; connecting again …`;
        say(view.panel.hint, hint);
        announce(hint);
      },
    });
  }

  /** Show a state of the job; each state is complete and replaces the previous one. */
  #show(view, state) {
    const { panel, gallery } = view;
    if ('lost' in panel.element.dataset) {
      delete panel.element.dataset.lost;
      say(panel.hint, '');
    }
    if (state.preview) gallery.preview(state.preview);
    const result = state.result?.images?.length ? state.result : undefined;
    const fresh = gallery.finish(result?.images ?? state.images ?? []);
    const ended = !OPEN.includes(state.status);
    panel.show(state, { ended, images: gallery.images.length });
    document.title = ended ? 'SnapAsset' : `${state.progress}% · SnapAsset`;
    view.hide?.();
    view.hide = undefined;
    const error = state.error ?? result?.failures?.[0]?.error;
    if (error) view.hide = showProblem(panel.problem, error);
    if (ended) gallery.stop();
    if (view.jobId) this.#hooks.onState(view.jobId, state);
    if (view.status && view.status !== state.status) this.#hooks.onChanged(ended);
    view.status = state.status;
    this.#tell(state, fresh, ended);
  }

  #tell(state, fresh, ended) {
    const ready = fresh.map((one) => one.platform).join(', ');
    if (ended) announce(`${words.ended.replace('{status}', state.status)}. ${state.message}`);
    else if (ready) announce(`${ready}: ready`);
    else if (state.message) announce(state.message);
  }

  async #act(view, text, act) {
    say(view.panel.hint, text);
    try {
      await this.#session.call(act);
      say(view.panel.hint, '');
      return true;
    } catch (error) {
      say(view.panel.hint, '');
      view.hide?.();
      view.hide = showProblem(view.panel.problem, error);
      return false;
    }
  }

  async #retry(view, jobId) {
    if (await this.#act(view, 'Retrying …', (client) => client.retryJob(jobId))) {
      await this.job(jobId);
    }
  }

  #save(view) {
    return this.#act(view, 'Packing …', () => saveAll(view.gallery.images, view.order.prompt));
  }

  #refused(view, error) {
    if (view.signal.aborted) return;
    if (!(error instanceof SnapAssetError)) throw error;
    const box = h('div', { class: 'notice', role: 'alert' });
    showProblem(box, error);
    const back = h('a', { href: '#', class: 'button' }, 'Make a new one');
    this.#fill(box, back);
  }
}
