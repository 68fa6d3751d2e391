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
    document.addEventListener('paste', (event) => {
      const { clipboardData } = event;
      // A copied paragraph often brings a picture of itself.
      if (!clipboardData.types.includes('text/plain')) this.#given(event, clipboardData);
    });
    document.addEventListener('dragover', (event) => {
      if (![...event.dataTransfer.items].some((item) => item.kind === 'file')) return;
      event.preventDefault();
      $('composer').classList.add('dropping');
    });
    document.addEventListener('dragleave', (event) => event.relatedTarget || this.#calm());
    document.addEventListener('drop', (event) => {
      this.#calm();
      this.#given(event, event.dataTransfer);
    });
  }

  /** What they add to an order: `source` or `references`, once they are uploaded. */
  get order() {
    const ready = [...this.#all.values()].filter((one) => one.uploadId);
    const source = ready.find((one) => one.use.value === 'source');
    if (source) return { source: { uploadId: source.uploadId } };
    return ready.length ? { references: ready.map((one) => one.uploadId) } : {};
  }

  /** Show the pictures of an earlier order instead; they are uploaded already. */
  set order({ source, references = [] }) {
    for (const [element, one] of this.#all) this.#forget(element, one);
    const before = source?.uploadId ? [[source.uploadId, 'source']] : references.map((id) => [id, 'reference']);
    for (const [uploadId, use] of before) {
      const { one, facts } = this.#row('Your picture');
      Object.assign(one, { uploadId });
      one.use.value = use;
      say(facts, 'of the order before');
    }
  }

  /** Return whether an upload is still under way. */
  get isBusy() {
    return [...this.#all.values()].some((one) => !one.uploadId && !one.failed);
  }

  #calm() {
    $('composer').classList.remove('dropping');
  }

  /** Take files wherever they are dropped or pasted: the browser would leave the page to show one. */
  #given(event, { files }) {
    if (!files.length || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    this.#take([...files]);
  }

  #take(files) {
    for (const file of files) this.#add(file);
    this.#onChange();
    $('attachments').scrollIntoView({ block: 'nearest' });
  }

  async #add(file) {
    const name = file.name || 'Pasted picture';
    const isPicture = !file.type || TYPES.includes(file.type);
    const { one, facts, problem } = this.#row(name, isPicture ? URL.createObjectURL(file) : undefined);
    try {
      if (!isPicture) throw refusal('A picture is a PNG, JPEG, WebP or AVIF file.');
      if (file.size > MAX_BYTES) throw refusal('A picture may have 32 MiB at most.');
      const upload = await this.#session.call((client) =>
        client.upload(file, { signal: one.leave.signal }));
      one.uploadId = upload.uploadId;
      say(facts, `${upload.width} × ${upload.height}`);
      announce(`${name} is uploaded.`);
    } catch (error) {
      if (one.leave.signal.aborted) return;
      one.failed = true;
      say(facts, 'Not uploaded');
      showProblem(problem, error);
    }
    this.#onChange();
  }

  /** Add a row, with a small picture if `shown` is the address of one. */
  #row(name, shown) {
    const one = { leave: new AbortController(), use: select(name), shown };
    const facts = h('small', { role: 'status' }, 'Uploading …');
    const problem = h('div', { class: 'notice', role: 'alert', hidden: true });
    const remove = () => {
      this.#forget(element, one);
      this.#onChange();
      $('attach').focus();
    };
    const element = h(
      'li',
      { class: 'attachment' },
      shown ? h('img', { src: shown, alt: '', width: 56, height: 56 }) : h('i', { class: 'no-picture' }),
      h('span', {}, h('b', { dir: 'auto' }, name), facts),
      h('button', { type: 'button', class: 'quiet', onclick: remove, 'aria-label': `Remove ${name}` }, '×'),
      one.use,
      problem,
    );
    one.use.addEventListener('change', () => this.#used(one));
    $('attachments').append(element);
    this.#all.set(element, one);
    return { one, facts, problem };
  }

  #forget(element, one) {
    one.leave.abort();
    element.remove();
    if (one.shown) URL.revokeObjectURL(one.shown);
    this.#all.delete(element);
  }

  /** One picture can be the source, and then no other takes part. */
  #used(chosen) {
    if (chosen.use.value === 'source') {
      for (const one of this.#all.values()) if (one !== chosen) one.use.value = 'reference';
    }
    this.#onChange();
  }
}

const refusal = (message) => Object.assign(new Error(message), { code: 'INVALID_REQUEST' });

function select(name) {
  const options = USES.map(([value, text]) => h('option', { value }, text));
  return h('select', { 'aria-label': `What to do with ${name}` }, ...options);
}
