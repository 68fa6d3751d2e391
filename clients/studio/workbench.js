/** What can be done with a finished generation; loaded when it is first needed. */

import { cutAgain } from './cuts.js';
import { confirmed, stylesLoaded } from './dialog.js';
import { h } from './dom.js';
import { Editor } from './editor.js';
import { addImages } from './more.js';
import { showPrograms } from './program.js';
import { variantsOf, variantsRow } from './variants.js';

/** Open the workbench of a generation, with what its dialogs look like. Throws SnapAssetError. */
export async function openWorkbench(session, generationId, options) {
  const [answer] = await Promise.all([
    session.call((client) => client.getGeneration(generationId)), stylesLoaded(),
  ]);
  return new Workbench(session, answer.generation, options);
}

class Workbench {
  #session;
  #hooks;
  #order;
  #masters = new Map();
  #key;

  /**
   * `order` is what made the generation, if the page knows it; `signal` ends with the view. Hooks:
   * `onChanged(generation)`, `onDeleted()`, `onOrdered(job, order)`, `onAgain(order)`,
   * `priceOf(order)`.
   */
  constructor(session, generation, { platforms, order, signal, ...hooks }) {
    this.#session = session;
    this.#order = order;
    this.#hooks = hooks;
    this.generation = generation;
    this.platforms = platforms;
    signal.addEventListener('abort', () => this.#forget());
  }

  edit(image) {
    const newest = this.generation.images.find((one) => one.platformId === image.platformId);
    return new Editor(this, newest ?? image);
  }

  add() {
    return addImages(this);
  }

  /** Return the row of variants in a list, which is empty if there is nothing to choose. */
  variants() {
    const numbers = variantsOf(this.generation);
    return numbers.length ? [variantsRow(this, numbers)] : [];
  }

  async program() {
    const { options = {}, ...order } = await this.#known();
    const chosen = Object.keys(options).length ? { options } : {};
    const whole = { userId: this.#session.userId, ...order, ...chosen };
    return showPrograms(whole, location.origin);
  }

  /** Change the order in the form, where nothing is bought yet. */
  async again(options = {}) {
    const order = await this.#known();
    this.#hooks.onAgain({ ...order, options: { ...order.options, ...options } });
  }

  /** Place the same order once more; it is bought anew, and once even if an answer is lost. */
  async rerun() {
    const order = await this.#known();
    const price = this.#hooks.priceOf(order);
    const text = `The same order is placed once more, and painted anew. ${price ? `${price}.` : ''}`;
    const answers = { style: 'primary', refusal: 'Not now' };
    if (!(await confirmed('Run this order again?', text, 'Run again', answers))) return;
    this.#key ??= crypto.getRandomValues(new Uint32Array(4)).join('-');
    const job = await this.#session.call((client) =>
      client.createJob({ ...order, userId: this.#session.userId }, { idempotencyKey: this.#key }),
    );
    this.#key = undefined;
    this.#hooks.onOrdered(job, order);
  }

  /** Cut again; what the order wanted labelled stays labelled. */
  async cut({ options, ...order }) {
    const { label } = (await this.#known()).options ?? {};
    const wishes = { ...options, ...(label ? { label } : {}) };
    await cutAgain(this.#session, this.generation.generationId, { ...order, options: wishes });
    await this.#reload();
  }

  async deleteRendition({ renditionId }) {
    await this.#session.call((client) =>
      client.deleteRendition(this.generation.generationId, renditionId));
    await this.#reload();
  }

  async remove() {
    const text = 'All its images are deleted, with their addresses, and what was bought.';
    if (!(await confirmed('Delete this generation?', text, 'Delete all'))) return;
    await this.#session.call((client) => client.deleteGeneration(this.generation.generationId));
    this.#hooks.onDeleted();
  }

  /** Resolve to `{ url, width, height }` of a master, loaded once. */
  master(number) {
    if (!this.#masters.has(number)) this.#masters.set(number, this.#loadMaster(number));
    return this.#masters.get(number);
  }

  async #loadMaster(number) {
    try {
      const { generationId } = this.generation;
      const blob = await this.#session.call((client) => client.master(generationId, number));
      const url = URL.createObjectURL(blob);
      const image = h('img', { src: url });
      await image.decode();
      return { url, width: image.naturalWidth, height: image.naturalHeight };
    } catch (error) {
      this.#masters.delete(number); // the next one to ask tries again
      throw error;
    }
  }

  async #reload() {
    const { generationId } = this.generation;
    const answer = await this.#session.call((client) => client.getGeneration(generationId));
    this.generation = answer.generation;
    this.#hooks.onChanged(this.generation);
  }

  /** The order itself is remembered with the job, for three days; the generation has its outcome. */
  async #known() {
    this.#order ??= await this.#orderOfJob().catch(() => this.#derived());
    return this.#order;
  }

  async #orderOfJob() {
    const job = await this.#session.call((client) => client.getJob(this.generation.jobId));
    return job.data;
  }

  #derived() {
    const { prompt, images } = this.generation;
    const custom = images.filter((one) => !this.platforms.has(one.platformId));
    const sizes = custom.map(({ platformId, width, height }) => ({ name: platformId, width, height }));
    const platforms = images.map((one) => one.platformId).filter((id) => this.platforms.has(id));
    return { prompt, platforms, ...(sizes.length ? { sizes } : {}) };
  }

  #forget() {
    for (const loading of this.#masters.values()) {
      loading.then(({ url }) => URL.revokeObjectURL(url), () => {});
    }
    this.#masters.clear();
  }
}
