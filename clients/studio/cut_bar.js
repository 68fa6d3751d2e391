/** The foot of the editor: it cuts one image again, or all of its shape, and says how that went. */

import { counted, h, say } from './dom.js';
import { showProblem } from './problems.js';

export class CutBar {
  #outcome = h('p', { class: 'outcome', role: 'status' });
  #problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  #cut;
  #all;

  constructor({ onCut, onAll }) {
    this.#cut = h('button', { type: 'button', class: 'primary', onclick: onCut }, 'Cut again, free');
    this.#all = h('button', { type: 'button', onclick: onAll });
    const actions = h('div', { class: 'actions' }, this.#cut, this.#all);
    this.element = h('div', { class: 'editor-cut' }, this.#problem, this.#outcome, actions);
  }

  /** Offer to cut all images of the shape, if there are several. */
  offer(alike) {
    this.#all.hidden = alike < 2;
    say(this.#all, `Apply to all ${alike} of this shape`);
  }

  /** Run `work`, which cuts so many images, unless the previous cut is still under way. */
  async run(number, work) {
    if (this.#cut.getAttribute('aria-disabled') === 'true') return;
    this.#busy(true);
    const begun = performance.now();
    try {
      await work();
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      const what = number > 1 ? `${counted(number, 'image')} cut` : 'Cut';
      this.done(`${what} in ${seconds} s. It cost nothing.`);
    } catch (error) {
      this.failed(error);
    }
    this.#busy(false);
  }

  done(text) {
    say(this.#outcome, text);
  }

  failed(error) {
    say(this.#outcome, '');
    showProblem(this.#problem, error);
  }

  #busy(busy) {
    for (const one of [this.#cut, this.#all]) one.setAttribute('aria-disabled', busy);
    if (!busy) return;
    say(this.#outcome, 'Cutting …');
    this.#problem.hidden = true;
  }
}
