/** One image of a generation, opened: its place in the master, cut again as often as one likes. */

import { attentionTo } from './attention.js';
import { Board } from './board.js';
import { fitted, largest, sized, zoomOf } from './crop.js';
import { CutBar } from './cut_bar.js';
import { CutForm } from './cut_form.js';
import { ALL_FORMATS, formatOf, isContained, sameShape, targetOf } from './cuts.js';
import { openDialog } from './dialog.js';
import { h, say } from './dom.js';
import { earlierCuts } from './earlier.js';
import { passOn } from './pass_on.js';
import { Worth } from './worth.js';

export class Editor {
  #bench;
  #image;
  #board;
  #master;
  #crop;
  #attention;
  #form;
  #worth = new Worth({
    onOrder: (manner) => this.#order([this.#image], manner),
    onBuy: () => {
      this.element.close();
      this.#bench.again({ masters: 'perAspect' });
    },
  });
  #facts = h('p', { class: 'hint', id: 'crop-facts', role: 'status' });
  #soft = h('p', { class: 'hint' });
  #cuts = h('div', {});
  #rest = h('div', {});
  #place = h('div', { class: 'board-place' }, h('p', { class: 'lead' }, 'Loading the original …'));
  #bar = new CutBar({
    onCut: () => this.#apply([this.#image]), onAll: () => this.#apply(this.#alike()),
  });

  constructor(bench, image) {
    this.#bench = bench;
    this.#image = image;
    this.#form = new CutForm(image, this.#platform?.formats, {
      onZoom: (times) => this.#zoomed(times), onFit: () => this.#fitted(),
    });
    this.element = openDialog(image.platform, 'editor', this.#place, this.#side());
    this.#fitted();
    this.#tell();
    this.#load();
  }

  get #platform() {
    return this.#bench.platforms.get(this.#image.platformId);
  }

  #side() {
    const legend = 'Hatched: what the platform puts something over.';
    return h(
      'div',
      { class: 'editor-side' },
      this.#worth.element,
      this.#facts,
      this.#form.zoom,
      this.#soft,
      h('p', { class: 'hint' }, 'Drag the frame or a corner, pinch or scroll. Arrow keys move it, '
        + 'with Shift further; + and − size it, 0 resets.'),
      this.#platform?.covered?.length ? h('p', { class: 'hint hatched' }, legend) : undefined,
      this.#form.choices,
      this.#bar.element,
      this.#cuts,
      this.#rest,
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
        box, name: this.#image.platform, covered: this.#platform?.covered ?? [],
        describedBy: 'crop-worth crop-facts', onChange: (crop) => this.#moved(crop),
      });
      this.#place.replaceChildren(this.#board.element);
      this.#fitted();
      this.#board.focus();
      this.#moved(this.#crop);
      this.#weigh();
    } catch (error) {
      this.#place.replaceChildren();
      this.#bar.failed(error);
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

  /** Weigh the master with all that the service has told of it by now. */
  async #weigh() {
    const number = this.#image.master;
    const told = this.#bench.generation.renditions.filter((one) => one.master === number);
    this.#attention = await attentionTo(this.#master, told);
    this.#sayWorth();
  }

  #moved(crop) {
    this.#crop = crop;
    if (!this.#board) return; // it is being built
    const { width, height } = this.#master;
    say(this.#facts, `${crop.width} × ${crop.height} of ${width} × ${height}, `
      + `${crop.x} from the left, ${crop.y} from the top`);
    const enlarged = this.#image.width / crop.width;
    say(this.#soft, enlarged > 1.5 ? `Enlarged ${enlarged.toFixed(1)} times: it may look soft.` : '');
    this.#sayZoom();
    this.#sayWorth();
  }

  #sayZoom() {
    const hasFrame = this.#board && !this.#form.contains;
    this.#form.showZoom(hasFrame ? zoomOf(this.#board.box, this.#master) : undefined);
  }

  /** Say what is kept: as the service says where it has cut this, by estimate elsewhere. */
  #sayWorth() {
    const { contains } = this.#form;
    const isCut = contains === isContained(this.#image)
      && (contains || isSameBox(this.#crop, this.#image.crop));
    if (isCut || !this.#board) this.#worth.told(this.#image.kept);
    else this.#worth.estimated(contains ? 1 : this.#attention?.(this.#crop));
  }

  #zoomed(times) {
    const factor = zoomOf(this.#board.box, this.#master) / times;
    this.#board.box = sized(this.#board.box, factor, this.#master);
  }

  #fitted() {
    this.#place.toggleAttribute('data-idle', this.#form.contains);
    this.#sayZoom();
    this.#sayWorth();
  }

  /** The images that the same frame serves: those of this shape from the same master. */
  #alike() {
    return this.#bench.generation.images.filter((one) =>
      one.master === this.#image.master && sameShape(one, this.#image));
  }

  /** Show what is known of the image, and all cuts of its platform. */
  #tell() {
    const { platformId } = this.#image;
    this.#bar.offer(this.#alike().length);
    this.#worth.advise(this.#image);
    const cuts = this.#bench.generation.renditions.filter((one) => one.platformId === platformId);
    const row = earlierCuts(cuts, this.#image, (image) => this.#turnTo(image));
    this.#cuts.replaceChildren(...(row ? [row] : []));
    this.#rest.replaceChildren(passOn(this.#bench, this.#image, {
      onProblem: (error) => this.#bar.failed(error),
      onDone: (text) => this.#bar.done(text),
      onDeleted: () => this.element.close(),
    }));
  }

  /** Show another cut of this platform. */
  #turnTo(image) {
    const isOther = image.master !== this.#image.master;
    this.#image = image;
    this.#follow();
    if (isOther) this.#load();
    this.#cuts.querySelector('[aria-pressed="true"]')?.focus();
  }

  /** Show all that the image has: its manner, its frame, what is known of it. */
  #follow() {
    const { crop, width, height } = this.#image;
    this.#form.follow(this.#image);
    if (this.#board && crop && !this.#form.contains) {
      this.#board.box = fitted(crop, width / height, this.#master);
    }
    this.#fitted();
    this.#tell();
  }

  #apply(images) {
    const crop = this.#form.contains || !this.#board ? {} : { crop: this.#crop };
    return this.#order(images, { ...this.#form.manner, ...crop });
  }

  #order(images, manner) {
    return this.#bar.run(images.length, async () => {
      const renditions = images.map((one) => ({
        ...targetOf(one, this.#bench.platforms), ...manner, format: this.#formatFor(one),
      }));
      await this.#bench.cut({ master: this.#image.master || 1, renditions });
      this.#showNewest();
    });
  }

  /** Other platforms of the shape may refuse the format chosen here; they keep their own. */
  #formatFor(image) {
    const taken = this.#bench.platforms.get(image.platformId)?.formats ?? ALL_FORMATS;
    return taken.includes(this.#form.format) ? this.#form.format : formatOf(image);
  }

  #showNewest() {
    const { platformId } = this.#image;
    const found = this.#bench.generation.images.find((one) => one.platformId === platformId);
    this.#image = found ?? this.#image;
    this.#follow();
    if (this.#board) this.#weigh();
  }
}

/** True if the service would cut the two alike, but for rounding. */
const isSameBox = (one, other) =>
  Boolean(one && other) && ['x', 'y', 'width', 'height'].every((edge) => Math.abs(one[edge] - other[edge]) <= 1);
