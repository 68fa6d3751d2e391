/** Pictures of one's own beside the prompt: uploaded at once, then painted from, or cut as they are. */

import { $, announce, h, say } from './dom.js';
import { showProblem } from './problems.js';

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/avif'];
const MAX_BYTES = 32 * 1024 * 1024;
const USES = [
  ['reference', 'Paint from it'],
  ['source', 'Cut it as it is; nothing is bought'],
];

export class Attachments {
  #session;
  #onChange;
  #all = new Map();

  /** `onChange` is called whenever the order has changed. */
  constructor(session, onChange) {
    this.#session = session;
    this.#onChange = onChange;
    $('attach').accept = TYPES.join();
    $('attach').addEventListener('change', () => {
      this.#take([...$('attach').files]);
      $('attach').value = '';
    });
    $('composer').addEventListener('paste', (event) => this.#given(event, event.clipboardData));
    $('composer').addEventListener('dragover', (event) => {
      if (![...event.dataTransfer.items].some((item) => item.kind === 'file')) return;
      event.preventDefault();
      $('composer').classList.add('dropping');
    });
    for (const name of ['dragleave', 'drop']) {
      $('composer').addEventListener(name, () => $('composer').classList.remove('dropping'));
    }
    $('composer').addEventListener('drop', (event) => this.#given(event, event.dataTransfer));
  }

  /** What they add to an order: `source` or `references`, once they are uploaded. */
  get order() {
    const ready = [...this.#all.values()].filter((one) => one.uploadId);
    const source = ready.find((one) => one.use.value === 'source');
    if (source) return { source: { uploadId: source.uploadId } };
    return ready.length ? { references: ready.map((one) => one.uploadId) } : {};
  }

  /** Return whether an upload is still under way. */
  get busy() {
    return [...this.#all.values()].some((one) => !one.uploadId && !one.failed);
  }

  clear() {
    for (const one of this.#all.values()) one.leave.abort();
    for (const element of this.#all.keys()) element.remove();
    this.#all.clear();
  }

  #given(event, { files }) {
    const pictures = [...files].filter((file) => TYPES.includes(file.type));
    if (!pictures.length) return;
    event.preventDefault();
    this.#take(pictures);
  }

  #take(files) {
    for (const file of files) this.#add(file);
    this.#onChange();
  }

  async #add(file) {
    const one = { leave: new AbortController(), use: select(file.name) };
    const facts = h('small', { role: 'status' }, 'Uploading …');
    const problem = h('div', { class: 'notice', role: 'alert', hidden: true });
    const shown = URL.createObjectURL(file);
    const remove = () => {
      one.leave.abort();
      element.remove();
      URL.revokeObjectURL(shown);
      this.#all.delete(element);
      this.#onChange();
      $('attach').focus();
    };
    const element = h(
      'li',
      { class: 'attachment' },
      h('img', { src: shown, alt: '', width: 56, height: 56 }),
      h('span', {}, h('b', {}, file.name || 'Pasted picture'), facts),
      h('button', { type: 'button', class: 'quiet', onclick: remove, 'aria-label': `Remove ${file.name || 'picture'}` }, '×'),
      one.use,
      problem,
    );
    one.use.addEventListener('change', () => this.#used(one));
    $('attachments').append(element);
    this.#all.set(element, one);
    try {
      if (file.size > MAX_BYTES) throw tooLarge();
      const upload = await this.#session.call((client) =>
        client.upload(file, { signal: one.leave.signal }));
      one.uploadId = upload.uploadId;
      say(facts, `${upload.width} × ${upload.height}`);
      announce(`${file.name || 'The picture'} is uploaded.`);
    } catch (error) {
      if (one.leave.signal.aborted) return;
      one.failed = true;
      say(facts, 'Not uploaded');
      showProblem(problem, error);
    }
    this.#onChange();
  }

  /** One picture can be the source, and then no other takes part. */
  #used(chosen) {
    if (chosen.use.value === 'source') {
      for (const one of this.#all.values()) if (one !== chosen) one.use.value = 'reference';
    }
    this.#onChange();
  }
}

const tooLarge = () =>
  Object.assign(new Error('A picture may have 32 MiB at most.'), { code: 'INVALID_REQUEST' });

function select(name) {
  const options = USES.map(([value, text]) => h('option', { value }, text));
  return h('select', { 'aria-label': `What to do with ${name || 'the picture'}` }, ...options);
}
