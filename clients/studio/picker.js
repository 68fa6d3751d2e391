/** The platforms as check boxes, each with a thumbnail of its true shape. */

import { $, h, say } from './dom.js';
import { platformsProblem } from './order.js';

const FIRST_CHOICE = ['instagram-post', 'instagram-story', 'twitter-post'];
const SIDE_PX = 44;

export class Picker {
  #touched = false;

  constructor(onChange) {
    this.#watch(onChange);
  }

  /** Show `platforms`; `chosen` are the ids to begin with, if there are any. */
  show(platforms, chosen) {
    const known = platforms.map((one) => one.id);
    const begin = (Array.isArray(chosen) ? chosen : FIRST_CHOICE).filter((id) => known.includes(id));
    $('picker').replaceChildren(...platforms.map((one) => choice(one, begin.includes(one.id))));
  }

  get chosen() {
    return [...$('picker').querySelectorAll('input:checked')].map((box) => box.value);
  }

  /** Say what is wrong, if something is; return whether all is well. */
  check({ now = false } = {}) {
    this.#touched ||= now;
    const problem = platformsProblem(this.chosen);
    say($('platforms-problem'), this.#touched ? problem : '');
    return !problem;
  }

  complain(text) {
    say($('platforms-problem'), text);
  }

  focus() {
    $('picker').querySelector('input')?.focus();
  }

  #watch(onChange) {
    $('picker').addEventListener('change', () => {
      this.check({ now: true });
      onChange();
    });
  }
}

function choice({ id, name, width, height }, checked) {
  const scale = SIDE_PX / Math.max(width, height);
  const size = { '--w': `${width * scale}px`, '--h': `${height * scale}px` };
  return h(
    'label',
    { class: 'platform' },
    h('input', { type: 'checkbox', name: 'platforms', value: id, checked }),
    h('span', { class: 'shape', ...size, 'aria-hidden': 'true' }),
    h('b', {}, name),
    h('small', {}, `${width} × ${height}`),
  );
}
