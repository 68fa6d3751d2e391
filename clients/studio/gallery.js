/** One frame for each platform, in its shape: empty, with the unfinished picture, or the image. */

import { bytes, h, webAddress } from './dom.js';
import { savingLink } from './download.js';

const JPEG = /^data:image\/jpeg;base64,[A-Za-z0-9+/=]+$/;

export class Gallery {
  #frames = new Map();
  #images = new Map();
  #prompt;
  #onOpen;

  /**
   * `platforms` are `[{ id, name, width, height }]`, in the order in which they were asked for.
   * `onOpen(image)` is called for an image that can be cut again, once `editable` is set.
   */
  constructor(platforms, prompt, onOpen) {
    this.#prompt = prompt;
    this.#onOpen = onOpen;
    for (const one of platforms) this.#frames.set(one.id, emptyFrame(one));
    this.element = h('div', { class: 'gallery' }, ...this.#frames.values());
  }

  get images() {
    return [...this.#images.values()];
  }

  /** Whether the images can be cut again; until then a click shows one as it is. */
  set editable(yes) {
    this.element.toggleAttribute('data-editable', yes);
  }

  /** Show what the model has painted so far where no image is yet. */
  preview(url) {
    if (!JPEG.test(url)) return;
    for (const frame of this.#frames.values()) {
      if (frame.dataset.state === 'done') continue;
      frame.dataset.state = 'preview';
      const picture = frame.querySelector('.picture');
      const seen = picture.querySelector('img') ?? picture.appendChild(h('img', { alt: '' }));
      seen.src = url;
    }
  }

  /** Put finished images into their frames; return those that are new or cut anew. */
  finish(images) {
    const fresh = images.filter((one) => !sameImage(one, this.#images.get(one.platformId)));
    for (const image of fresh) {
      this.#images.set(image.platformId, image);
      const frame = this.#finishedFrame(image);
      const before = this.#frames.get(image.platformId);
      if (before) before.replaceWith(frame);
      else this.element.append(frame);
      this.#frames.set(image.platformId, frame);
    }
    return fresh;
  }

  /** Show exactly these images: what is no longer among them has been deleted. */
  show(images) {
    const left = new Set(images.map((one) => one.platformId));
    for (const id of this.#images.keys()) {
      if (left.has(id)) continue;
      this.#frames.get(id).remove();
      this.#frames.delete(id);
      this.#images.delete(id);
    }
    this.finish(images);
  }

  /** Return the focus to an image, or to one that is left. */
  focus(platformId) {
    const frame = this.#frames.get(platformId) ?? this.element;
    frame.querySelector('.adjust')?.focus();
  }

  /** No more images will come. */
  stop() {
    for (const frame of this.#frames.values()) {
      if (frame.dataset.state !== 'done') frame.dataset.state = 'never';
    }
  }

  #finishedFrame(image) {
    const { platform, width, height, size } = image;
    const href = webAddress(image.url);
    const alt = `${platform}: ${this.#prompt}`;
    const shown = h('img', { src: href, alt, width, height, decoding: 'async' });
    const link = h('a', { class: 'picture', href, target: '_blank', rel: 'noopener' }, shown);
    link.addEventListener('click', (event) => {
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (elsewhere || !('editable' in this.element.dataset)) return;
      event.preventDefault();
      this.#onOpen(image);
    });
    const adjust = h(
      'button',
      {
        type: 'button', class: 'adjust', 'aria-label': `Adjust ${platform}`,
        onclick: () => this.#onOpen(image),
      },
      'Adjust',
    );
    const save = h(
      'a',
      { class: 'save', ...savingLink(image), 'aria-label': `Download ${platform}` },
      h('span', { 'aria-hidden': 'true' }, '↓'),
    );
    const facts = `${width} × ${height} · ${bytes(size)}`;
    return frame({ name: platform, width, height }, 'done', link, facts, adjust, save);
  }
}

/** The address alone does not tell: in a private bucket it is another each time. */
function sameImage(one, other) {
  if (!other) return false;
  return one.renditionId ? one.renditionId === other.renditionId : one.url === other.url;
}

function emptyFrame(platform) {
  const facts = `${platform.width} × ${platform.height}`;
  return frame(platform, 'empty', h('div', { class: 'picture' }), facts);
}

function frame({ name, width, height }, state, picture, facts, ...more) {
  const caption = h('figcaption', {}, h('b', {}, name), h('small', {}, facts));
  const ratio = { '--ratio': (width / height).toFixed(4) };
  return h('figure', { class: 'frame', 'data-state': state, ...ratio }, picture, ...more, caption);
}
