/** How an image is cut: how close, what becomes of what does not fit, in which format. */

import { CLOSEST } from './crop.js';
import { ALL_FORMATS, FORMAT_NAMES, formatOf, isContained } from './cuts.js';
import { h } from './dom.js';

const FITS = [
  ['cover', 'Is cut off', {}],
  ['blur', 'Show all, blurred around it', { fit: 'contain', background: 'blur' }],
  ['auto', 'Show all, on the colour of its edges', { fit: 'contain', background: 'auto' }],
];

export class CutForm {
  #zoom;
  #fit;
  #format;

  /** `formats` are those that the platform takes. `onZoom(times)` and `onFit()` tell of changes. */
  constructor(image, formats = ALL_FORMATS, { onZoom, onFit }) {
    this.#zoom = h('input', {
      type: 'range', min: 1, max: CLOSEST, step: 0.01, value: 1, id: 'crop-zoom', disabled: true,
      oninput: () => onZoom(Number(this.#zoom.value)),
    });
    this.#fit = choice('crop-fit', FITS, onFit);
    this.#format = choice('crop-format', formats.map((one) => [one, FORMAT_NAMES[one] ?? one]));
    const same = formatOf(image);
    if (same) this.#format.value = same;
    this.zoom = labelled('crop-zoom', 'Zoom', this.#zoom);
    this.choices = h('div', { class: 'choices' },
      labelled('crop-fit', 'What does not fit', this.#fit), labelled('crop-format', 'Format', this.#format));
    this.follow(image);
  }

  /** Whether all of the master is shown, on a background. */
  get contains() {
    return this.#fit.value !== 'cover';
  }

  get format() {
    return this.#format.value;
  }

  /** What an order says of it. */
  get manner() {
    return FITS.find(([value]) => value === this.#fit.value)[2];
  }

  /** Choose what an image has; its shape alone tells whether it is contained. */
  follow(image) {
    if (!isContained(image)) this.#fit.value = 'cover';
    else if (!this.contains) this.#fit.value = 'blur';
  }

  /** Show how many times smaller than the largest one the frame is; undefined if there is none. */
  showZoom(times) {
    this.#zoom.disabled = times === undefined;
    if (times === undefined) return;
    this.#zoom.value = times;
    this.#zoom.setAttribute('aria-valuetext', `${times.toFixed(1)} times`);
  }
}

const labelled = (id, text, control) => h('div', {}, h('label', { for: id }, text), control);

function choice(id, values, onchange) {
  const options = values.map(([value, text]) => h('option', { value }, text));
  return h('select', { id, onchange }, ...options);
}
