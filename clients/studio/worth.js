/** How much of what matters an image shows: by the service, by estimate, and what would show more. */

import { h } from './dom.js';

const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent' });

export class Worth {
  #line = h('p', { id: 'crop-worth' });
  #advice = h('div', { class: 'advices' });
  #onOrder;
  #onBuy;

  /** `onOrder(manner)` cuts in another manner; `onBuy()` asks for an original of this shape. */
  constructor({ onOrder, onBuy }) {
    this.#onOrder = onOrder;
    this.#onBuy = onBuy;
    this.element = h('div', { class: 'worth' }, this.#line, this.#advice);
  }

  /** Show what would keep more of an image. */
  advise({ advice = [] }) {
    this.#advice.replaceChildren(...advice.map((one) => this.#offer(one)).filter(Boolean));
  }

  /** Show what the service has told of an image; undefined if it has told nothing. */
  told(share) {
    this.#say('Keeps', share);
  }

  /** Show an estimate for a frame that has not been cut yet; undefined if there is none. */
  estimated(share) {
    this.#say('Keeps about', share);
  }

  #say(verb, share) {
    if (share === undefined) return this.#line.replaceChildren();
    const figure = h('b', {}, `${verb} ${PERCENT.format(share)}`);
    return this.#line.replaceChildren(figure, ' of what matters.');
  }

  #offer({ kind, kept, focalPoint }) {
    const button = (text, onclick) => h('button', { type: 'button', class: 'advice', onclick }, text);
    const keeps = kept === undefined ? '' : `: keeps ${PERCENT.format(kept)}`;
    if (kind === 'focalPoint') {
      return button(`Move to the better place${keeps}`, () => this.#onOrder({ focalPoint }));
    }
    if (kind === 'contain') {
      return button(`Show all of it${keeps}`, () => this.#onOrder({ fit: 'contain' }));
    }
    if (kind === 'perAspect') return button('Buy an original for each shape …', () => this.#onBuy());
    return undefined;
  }
}
