/** One image of a generation, opened: its place in the master, cut again as often as one likes. */

import { Board } from './board.js';
import { CLOSEST, fitted, largest, sized, zoomOf } from './crop.js';
import { ALL_FORMATS, FORMAT_NAMES, formatOf, isContained, sameShape, targetOf } from './cuts.js';
import { openDialog } from './dialog.js';
import { counted, h, say } from './dom.js';
import { passOn } from './pass_on.js';
import { showProblem } from './problems.js';

const FITS = [
  ['cover', 'Is cut off', {}],
  ['blur', 'Show all, blurred around it', { fit: 'contain', background: 'blur' }],
  ['auto', 'Show all, on the colour of its edges', { fit: 'contain', background: 'auto' }],
];
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent' });

export class Editor {
  #bench;
  #image;
  #board;
  #master;
  #crop;
  #facts = h('p', { class: 'hint', id: 'crop-facts', role: 'status' });
  #soft = h('p', { class: 'hint' });
  #worth = h('div', { class: 'worth' });
  #outcome = h('p', { class: 'outcome', role: 'status' });
  #problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  #place = h('div', { class: 'board-place' }, h('p', { class: 'lead' }, 'Loading the original …'));
  #zoom = h('input', {
    type: 'range', min: 1, max: CLOSEST, step: 0.01, value: 1, id: 'crop-zoom', disabled: true,
    oninput: () => this.#zoomed(),
  });
  #fit = choice('crop-fit', FITS, () => this.#fitted());
  #format;
  #cut = h('button', { type: 'button', class: 'primary', onclick: () => this.#apply([this.#image]) },
    'Cut again, free');
  #all = h('button', { type: 'button', onclick: () => this.#apply(this.#alike()) });

  constructor(bench, image) {
    this.#bench = bench;
    this.#image = image;
    const formats = bench.platforms.get(image.platformId)?.formats ?? ALL_FORMATS;
    this.#format = choice('crop-format', formats.map((one) => [one, FORMAT_NAMES[one] ?? one]));
    const same = formatOf(image);
    if (same) this.#format.value = same;
    this.#followFit();
    this.element = openDialog(image.platform, 'editor', this.#place, this.#side());
    this.#tell();
    this.#load();
  }

  #side() {
    const covered = this.#covered().length > 0;
    const legend = 'Hatched: what the platform puts something over.';
    return h(
      'div',
      { class: 'editor-side' },
      this.#worth,
      this.#facts,
      labelled('crop-zoom', 'Zoom', this.#zoom),
      this.#soft,
      h('p', { class: 'hint' }, 'Drag the frame or a corner, pinch or scroll. Arrow keys move it, '
        + 'with Shift further; + and − size it, 0 resets.'),
      covered ? h('p', { class: 'hint hatched' }, legend) : undefined,
      h('div', { class: 'choices' },
        labelled('crop-fit', 'What does not fit', this.#fit), labelled('crop-format', 'Format', this.#format)),
      h('div', { class: 'editor-cut' },
        this.#problem, this.#outcome, h('div', { class: 'actions' }, this.#cut, this.#all)),
      passOn(this.#bench, () => this.#image, {
        onProblem: (error) => this.#failed(error),
        onDone: (text) => say(this.#outcome, text),
        onDeleted: () => this.element.close(),
      }),
    );
  }

  async #load() {
    const { signal, stop } = this.#closing();
    try {
      this.#master = await this.#bench.master(this.#image.master || 1);
      if (signal.aborted) return;
      const ratio = this.#image.width / this.#image.height;
      const box = this.#image.crop
        ? fitted(this.#image.crop, ratio, this.#master) : largest(ratio, this.#master);
      this.#board = new Board(this.#master, {
        box, name: this.#image.platform, covered: this.#covered(), describedBy: 'crop-facts',
        onChange: (crop) => this.#moved(crop),
      });
      this.#fitted();
      this.#place.replaceChildren(this.#board.element);
      this.#board.focus();
      this.#moved(this.#crop);
    } catch (error) {
      this.#place.replaceChildren();
      this.#failed(error);
    } finally {
      stop();
    }
  }

  /** Aborted when the dialog is closed before the master has arrived. */
  #closing() {
    const closing = new AbortController();
    const abort = () => closing.abort();
    this.element.addEventListener('close', abort);
    return { signal: closing.signal, stop: () => this.element.removeEventListener('close', abort) };
  }

  #covered() {
    return this.#bench.platforms.get(this.#image.platformId)?.covered ?? [];
  }

  #moved(crop) {
    this.#crop = crop;
    if (!this.#board) return; // it is being built
    const { width, height } = this.#master;
    say(this.#facts, `${crop.width} × ${crop.height} of ${width} × ${height}, `
      + `${crop.x} from the left, ${crop.y} from the top`);
    const zoom = zoomOf(this.#board.box, this.#master);
    this.#zoom.value = zoom;
    this.#zoom.setAttribute('aria-valuetext', `${zoom.toFixed(1)} times`);
    const enlarged = this.#image.width / crop.width;
    say(this.#soft, enlarged > 1.5 ? `Enlarged ${enlarged.toFixed(1)} times: it may look soft.` : '');
  }

  #zoomed() {
    const factor = zoomOf(this.#board.box, this.#master) / Number(this.#zoom.value);
    this.#board.box = sized(this.#board.box, factor, this.#master);
  }

  /** Show in the form whether the image is contained, which only its shape tells. */
  #followFit() {
    if (!isContained(this.#image)) this.#fit.value = 'cover';
    else if (this.#fit.value === 'cover') this.#fit.value = 'blur';
    this.#fitted();
  }

  #fitted() {
    this.#place.toggleAttribute('data-idle', this.#fit.value !== 'cover');
    this.#zoom.disabled = this.#fit.value !== 'cover' || !this.#board;
  }

  /** The images that the same frame serves: those of this shape from the same master. */
  #alike() {
    return this.#bench.generation.images.filter((one) =>
      one.master === this.#image.master && sameShape(one, this.#image));
  }

  /** Say what the image shows of what matters, and what would show more. */
  #tell() {
    const { kept, advice = [] } = this.#image;
    const alike = this.#alike().length;
    this.#all.hidden = alike < 2;
    say(this.#all, `Apply to all ${alike} of this shape`);
    this.#worth.replaceChildren();
    if (kept !== undefined) {
      const share = h('b', {}, `Keeps ${PERCENT.format(kept)}`);
      this.#worth.append(h('p', {}, share, ' of what matters.'));
    }
    this.#worth.append(...advice.map((one) => this.#advice(one)).filter(Boolean));
  }

  #advice({ kind, kept, focalPoint }) {
    const button = (text, onclick) => h('button', { type: 'button', class: 'advice', onclick }, text);
    const keeps = kept === undefined ? '' : `: keeps ${PERCENT.format(kept)}`;
    if (kind === 'focalPoint') {
      return button(`Move to the better place${keeps}`, () => this.#order([this.#image], { focalPoint }));
    }
    if (kind === 'contain') {
      return button(`Show all of it${keeps}`, () => this.#order([this.#image], { fit: 'contain' }));
    }
    if (kind === 'perAspect') {
      return button('Buy an original for each shape …', () => {
        this.element.close();
        this.#bench.again({ masters: 'perAspect' });
      });
    }
    return undefined;
  }

  #apply(images) {
    const [, , manner] = FITS.find(([value]) => value === this.#fit.value);
    const crop = manner.fit || !this.#board ? {} : { crop: this.#crop };
    return this.#order(images, { ...manner, ...crop });
  }

  async #order(images, manner) {
    if (this.#cut.getAttribute('aria-disabled') === 'true') return;
    this.#busy(true);
    const begun = performance.now();
    try {
      const format = this.#format.value;
      const renditions = images.map((one) => ({
        ...targetOf(one, this.#bench.platforms), ...manner, format: this.#formatFor(one, format),
      }));
      await this.#bench.cut({ master: this.#image.master || 1, renditions });
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      this.#show();
      const what = images.length > 1 ? `${counted(images.length, 'image')} cut` : 'Cut';
      say(this.#outcome, `${what} in ${seconds} s. It cost nothing.`);
    } catch (error) {
      this.#failed(error);
    }
    this.#busy(false);
  }

  /** Other platforms of the shape may refuse the format chosen here; they keep their own. */
  #formatFor(image, wanted) {
    const taken = this.#bench.platforms.get(image.platformId)?.formats ?? ALL_FORMATS;
    return taken.includes(wanted) ? wanted : formatOf(image);
  }

  /** Show the newest image of this target. */
  #show() {
    const { platformId, width, height } = this.#image;
    const found = this.#bench.generation.images.find((one) => one.platformId === platformId);
    this.#image = found ?? this.#image;
    this.#followFit();
    if (this.#board && this.#image.crop && this.#fit.value === 'cover') {
      this.#board.box = fitted(this.#image.crop, width / height, this.#master);
    }
    this.#tell();
  }

  #busy(busy) {
    for (const one of [this.#cut, this.#all]) one.setAttribute('aria-disabled', busy);
    if (!busy) return;
    say(this.#outcome, 'Cutting …');
    this.#problem.hidden = true;
  }

  #failed(error) {
    say(this.#outcome, '');
    showProblem(this.#problem, error);
  }
}

const labelled = (id, text, control) => h('div', {}, h('label', { for: id }, text), control);

function choice(id, values, onchange) {
  const options = values.map(([value, text]) => h('option', { value }, text));
  return h('select', { id, onchange }, ...options);
}
