/** The place where the images of a job arrive, or those of the history are viewed. */

import { SnapAssetError } from './sdk/index.js';
import { $, announce, counted, h, say } from './dom.js';
import { saveAll } from './download.js';
import { follow } from './follow.js';
import { Gallery } from './gallery.js';
import { late } from './late.js';
import { paintedBy } from './painter.js';
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
   * changed, `onShown()` when another job or generation has come onto the stage, `onAgain(order)` to
   * change the order and place it again, `onOrdered(job, order)` when it has been placed again as it
   * is, `onDeleted()` when there is nothing left to show; and `priceOf(order)` returns in words what
   * an order costs.
   */
  constructor(session, hooks) {
    this.#session = session;
    this.#hooks = hooks;
  }

  set platforms(all) {
    this.#platforms = new Map(all.map((one) => [one.id, one]));
  }

  /** Show the shapes of the chosen platforms; nothing has been ordered yet. */
  preview(order) {
    this.#leave.abort();
    const shapes = this.#shapes(order);
    const gallery = new Gallery(shapes, '');
    gallery.element.classList.add('ghosts');
    const lead = shapes.length
      ? `Your ${counted(shapes.length, 'image')} will appear here.`
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
        say(view.panel.hint, `Usually ready in ${time}.`);
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
      const { images, masters, prompt } = generation;
      view.order = { prompt, platforms: images.map((one) => one.platformId) };
      view.derived = true;
      view.generation = generation;
      this.#open(view);
      const result = { generationId, images, masters };
      this.#show(view, { status: 'completed', progress: 100, message: '', result });
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

  #shapes({ platforms = [], sizes = [] }) {
    const square = { width: 1080, height: 1080 };
    const known = platforms.map((id) => this.#platforms.get(id) ?? { id, name: id, ...square });
    return [...known, ...sizes.map((size) => ({ id: size.name, ...size }))];
  }

  #open(view, jobId) {
    view.jobId = jobId;
    const onOpen = (image) =>
      this.#work(view, (bench) => {
        const { element } = bench.edit(image);
        element.addEventListener('close', () => view.gallery.focus(image.platformId));
      });
    view.gallery = new Gallery(this.#shapes(view.order), view.order.prompt ?? '', onOpen);
    view.panel = jobPanel(view.order.prompt ?? '', {
      cancel: () => this.#act(view, 'Cancelling …', (client) => client.cancelJob(jobId)),
      retry: () => this.#retry(view, jobId),
      save: () => this.#save(view),
      more: () => this.#work(view, (bench) => bench.add()),
      again: () => this.#again(view),
      rerun: () => this.#work(view, (bench) => bench.rerun()),
      program: () => this.#work(view, (bench) => bench.program()),
      remove: () => this.#work(view, (bench) => bench.remove()),
    });
    view.choice = h('div', { class: 'choice' });
    this.#fill(view.panel.element, view.choice, view.gallery.element);
    this.#hooks.onShown();
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
    view.generationId = ended ? result?.generationId : undefined;
    const finished = Boolean(view.generationId);
    gallery.editable = finished;
    const missing = result?.failures?.length;
    panel.show(state, { ended, images: gallery.images.length, finished, missing });
    if (finished && result.masters?.length > 1) this.#offerVariants(view);
    document.title = ended ? 'SnapAsset' : `${state.progress}% · SnapAsset`;
    view.hide?.();
    view.hide = undefined;
    const error = state.error ?? result?.failures?.[0]?.error;
    const heals = state.status === 'delayed';
    panel.problem.classList.toggle('mild', heals);
    if (error) view.hide = showProblem(panel.problem, { ...error, heals });
    if (heals) say(panel.hint, '');
    if (finished) this.#sayPainter(view);
    if (ended) gallery.stop();
    if (view.jobId) this.#hooks.onState(view.jobId, state);
    if (view.status && view.status !== state.status) this.#hooks.onChanged(ended);
    view.status = state.status;
    this.#tell(state, fresh, ended);
  }

  /** Say who painted the images and what that cost, which only the history knows. */
  async #sayPainter(view) {
    if (view.order.source?.generationId) return;
    try {
      view.generation ??= (await this.#session.call((client) =>
        client.getGeneration(view.generationId, { signal: view.signal }))).generation;
      say(view.panel.painter, paintedBy(view.generation));
    } catch (error) {
      if (view.signal.aborted) return;
      if (!(error instanceof SnapAssetError)) throw error; // the images are there all the same
    }
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

  /** Run `use(bench)` on the workbench of this generation, which is loaded with its first use. */
  #work(view, use, text = '') {
    return this.#act(view, text, async () => {
      view.bench ??= this.#bench(view);
      const bench = await view.bench.catch((error) => {
        view.bench = undefined;
        throw error;
      });
      if (!view.signal.aborted) await use(bench);
    });
  }

  async #bench(view) {
    const { openWorkbench } = await late(() => import('./workbench.js'));
    const cutAgain = view.order.source?.generationId;
    return openWorkbench(this.#session, view.generationId, {
      platforms: this.#platforms,
      order: view.derived || cutAgain ? undefined : view.order,
      signal: view.signal,
      ...this.#hooks,
      onChanged: (generation) => this.#recut(view, generation),
    });
  }

  #offerVariants(view) {
    return this.#work(view, (bench) => view.choice.replaceChildren(...bench.variants()));
  }

  /** Show the generation as it is now, also after a reload: the job tells what it was at first. */
  #recut(view, { generationId, images }) {
    if (view.signal.aborted) return;
    window.history.replaceState(null, '', `#/generation/${encodeURIComponent(generationId)}`);
    view.gallery.show(images);
    const ended = { status: 'completed', progress: 100, message: '' };
    view.panel.show(ended, { ended: true, images: images.length, finished: true });
    this.#hooks.onChanged(true);
  }

  #again(view) {
    if (!view.generationId) return this.#hooks.onAgain(view.order);
    return this.#work(view, (bench) => bench.again());
  }

  async #retry(view, jobId) {
    if (await this.#act(view, 'Retrying …', (client) => client.retryJob(jobId))) {
      await this.job(jobId);
    }
  }

  #save(view) {
    return this.#act(view, 'Packing …', () => saveAll(view.gallery.images, view.order.prompt ?? ''));
  }

  #refused(view, error) {
    if (view.signal.aborted) return;
    if (!(error instanceof SnapAssetError)) throw error;
    const box = h('div', { class: 'notice', role: 'alert' });
    showProblem(box, error);
    const back = h('a', { href: '#', class: 'button' }, 'Make a new one');
    this.#fill(box, back);
    this.#hooks.onShown();
  }
}
