/** Sizes of one's own beside the platforms: added one at a time, listed, removed. */

import { $, h, say } from './dom.js';
import { sizeOf, sizeProblem } from './order.js';

/** Storage gives this name to an image as it was bought. */
const RESERVED = ['master'];

export class OwnSizes {
  #all = [];
  #taken;
  #onChange;

  /** `taken()` are the names that a size must not have; `onChange` is called after each change. */
  constructor(taken, onChange) {
    this.#taken = taken;
    this.#onChange = onChange;
    $('size-add').addEventListener('click', () => this.#add());
    $('own-size').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.target.tagName !== 'INPUT') return;
      event.preventDefault(); // it would send the order
      this.#add();
    });
  }

  get all() {
    return this.#all;
  }

  /** Replace them all, as an earlier order or a draft had them. */
  set all(sizes) {
    this.#all = Array.isArray(sizes) ? sizes.filter((one) => !sizeProblem(one ?? {}, [])) : [];
    this.#show();
  }

  #add() {
    const [name, width, height] = ['name', 'width', 'height'].map((one) => $(`size-${one}`));
    const size = sizeOf(name.value, width.value.trim(), height.value.trim());
    const taken = [...RESERVED, ...this.#taken(), ...this.#all.map((one) => one.name)];
    const problem = sizeProblem(size, taken);
    say($('size-problem'), problem);
    if (problem) return (taken.includes(size.name) ? name : width).focus();
    for (const field of [name, width, height]) field.value = '';
    this.#change([...this.#all, size]);
    return width.focus();
  }

  #remove(size) {
    this.#change(this.#all.filter((one) => one !== size));
    $('own-size').querySelector('summary').focus();
  }

  #change(sizes) {
    this.#all = sizes;
    this.#show();
    this.#onChange();
  }

  #show() {
    if (this.#all.length) $('own-size').open = true;
    $('own-sizes').replaceChildren(...this.#all.map((size) => {
      const { name, width, height } = size;
      const remove = h('button', {
        type: 'button', class: 'quiet', 'aria-label': `Remove ${name}`, onclick: () => this.#remove(size),
      }, '×');
      return h('li', {}, h('b', {}, name), h('small', {}, `${width} × ${height}`), remove);
    }));
  }
}
