/** The form: what to paint, for which platforms, and how. */

import { Attachments } from './attachments.js';
import { $, h, say } from './dom.js';
import { MAX_PROMPT, OPTIONS, isExcluded, lengthOf, promptProblem } from './order.js';
import { Picker } from './picker.js';
import { showProblem } from './problems.js';

const DRAFT = 'snapasset.draft';
const IDEAS = ['A lighthouse in a storm', 'A castle at sunrise', 'A hot air balloon over the dunes'];

export class Composer {
  #session;
  #onCreated;
  #touched = false;
  #key;
  #clearProblem = () => {};
  #picker = new Picker(() => this.#changed());
  #attachments;

  /** `onCreated(job, order)` is called with the API's answer; `onChange` when the choice changes. */
  constructor(session, { onCreated, onChange }) {
    this.#session = session;
    this.#onCreated = onCreated;
    this.onChange = onChange;
    this.#attachments = new Attachments(session, () => this.#changed());
    $('choices').replaceChildren(...OPTIONS.map(select));
    $('ideas').replaceChildren(...IDEAS.map((text) => this.#idea(text)));
    $('prompt').addEventListener('input', () => this.#changed());
    $('prompt').addEventListener('blur', () => this.#checkPrompt({ now: $('prompt').value !== '' }));
    $('prompt').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#submit(event);
    });
    $('choices').addEventListener('change', () => this.#changed());
    $('composer').addEventListener('submit', (event) => this.#submit(event));
    this.#count();
  }

  /** Show the platforms, with this tab's draft. */
  begin(platforms) {
    const draft = readDraft();
    if (!$('prompt').value) $('prompt').value = draft.prompt ?? '';
    this.#picker.show(platforms, draft.platforms, draft.sizes);
    this.#setOptions(draft.options ?? {});
    this.#count();
    this.onChange(this.order);
  }

  /** Offer the models, if there is a choice. */
  offer(models) {
    const select = $('option-model');
    const rest = models.map(({ model }) => h('option', { value: model }, model));
    select.replaceChildren(h('option', { value: '' }, 'The service decides'), ...rest);
    select.value = readDraft().options?.model ?? '';
    select.parentElement.hidden = models.length < 2;
  }

  /** Fill the form with an earlier order, to change and send again. */
  fill({ prompt = '', platforms, sizes, options = {}, ...pictures }, all) {
    $('prompt').value = prompt;
    this.#picker.show(all, platforms, sizes);
    this.#setOptions(options);
    this.#attachments.order = pictures;
    this.#changed();
    $('prompt').focus();
  }

  #setOptions(options) {
    for (const [name] of OPTIONS) $(`option-${name}`).value = options[name] ?? '';
    this.#exclude();
  }

  /** Leave only what goes together: the service would refuse the rest. */
  #exclude() {
    for (const [name] of OPTIONS) {
      const select = $(`option-${name}`);
      const { order } = this;
      for (const option of select.options) option.disabled = isExcluded(name, option.value, order);
      if (!select.value || select.selectedOptions[0].disabled) select.value = '';
    }
  }

  /** What would be ordered now. */
  get order() {
    const chosen = OPTIONS.map(([name, , , sent = String]) => [name, $(`option-${name}`).value, sent]);
    const given = chosen.filter(([, value]) => value);
    const { sizes } = this.#picker;
    return {
      prompt: $('prompt').value,
      platforms: this.#picker.chosen,
      ...(sizes.length ? { sizes } : {}),
      options: Object.fromEntries(given.map(([name, value, sent]) => [name, sent(value)])),
      ...this.#attachments.order,
    };
  }

  #changed() {
    this.#key = undefined; // a different order: no longer a repetition of the previous one
    this.#clearProblem();
    this.#exclude();
    this.#count();
    this.#checkPrompt();
    sessionStorage.setItem(DRAFT, JSON.stringify(this.order));
    this.onChange(this.order);
  }

  #count() {
    const length = lengthOf($('prompt').value);
    $('ideas').hidden = length > 0;
    const number = (value) => value.toLocaleString();
    say($('prompt-count'), `${number(length)} / ${number(MAX_PROMPT)}`);
    $('prompt-count').classList.toggle('over', length > MAX_PROMPT);
  }

  #checkPrompt({ now = false } = {}) {
    this.#touched ||= now;
    const optional = this.#attachments.order.source && !$('prompt').value.trim();
    const problem = optional ? '' : promptProblem($('prompt').value);
    this.#complain(this.#touched || lengthOf($('prompt').value) > MAX_PROMPT ? problem : '');
    return !problem;
  }

  #complain(text) {
    say($('prompt-problem'), text);
    $('prompt').toggleAttribute('aria-invalid', Boolean(text));
    if (text) $('prompt').setAttribute('aria-invalid', 'true');
  }

  async #submit(event) {
    event.preventDefault();
    if ($('create').getAttribute('aria-disabled') === 'true') return;
    const fine = [this.#checkPrompt({ now: true }), this.#picker.check({ now: true })];
    if (!fine[0]) return void $('prompt').focus();
    if (!fine[1]) return void this.#picker.focus();
    if (this.#attachments.isBusy) return void say($('cost'), 'A picture is still being uploaded.');
    this.#clearProblem();
    const { order } = this;
    if (!order.prompt.trim()) delete order.prompt;
    // The same key until the order has succeeded: a lost answer never buys a second image.
    this.#key ??= crypto.getRandomValues(new Uint32Array(4)).join('-');
    this.#busy('Creating …');
    try {
      const job = await this.#session.call((client) =>
        client.createJob(
          { userId: this.#session.userId, ...order },
          { idempotencyKey: this.#key },
        ),
      );
      this.#key = undefined;
      this.#onCreated(job, order);
      this.#ready();
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error) {
    this.#ready();
    for (const { field, message } of error.fields ?? []) {
      if (field === 'prompt') this.#complain(`The prompt ${message}.`);
      if (/^(platforms|sizes)/.test(field)) this.#picker.complain(`${field} ${message}.`);
    }
    const waits = error.retryAfter > 0;
    if (waits) this.#busy('Please wait');
    const hide = showProblem($('create-problem'), error, () => this.#ready());
    this.#clearProblem = () => {
      hide();
      this.#clearProblem = () => {};
      if (waits) this.#ready();
    };
  }

  #busy(text) {
    $('create').setAttribute('aria-disabled', 'true');
    say($('create'), text);
  }

  #ready() {
    $('create').removeAttribute('aria-disabled');
    say($('create'), 'Create images');
  }

  #idea(text) {
    const take = () => {
      $('prompt').value = text;
      this.#changed();
      $('prompt').focus();
    };
    return h('li', {}, h('button', { type: 'button', class: 'idea', onclick: take }, text));
  }
}

function select([name, label, values]) {
  const options = values.map(([value, text]) => h('option', { value }, text));
  const id = `option-${name}`;
  const hidden = values.length < 2;
  return h('div', { hidden }, h('label', { for: id }, label), h('select', { id, name }, ...options));
}

function readDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}') ?? {};
  } catch {
    return {};
  }
}
