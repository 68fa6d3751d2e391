/** One frame for each platform, in its shape: empty, with the unfinished picture, or the image. */

import { bytes, h, webAddress } from './dom.js';
import { savingLink } from './download.js';
import { showCrop } from './crop.js';

const JPEG = /^data:image\/jpeg;base64,[A-Za-z0-9+/=]+$/;

export class Gallery {
  #frames = new Map();
  #images = new Map();
  #prompt;

  /** `platforms` are `[{ id, name, width, height }]`, in the order in which they were asked for. */
  constructor(platforms, prompt) {
    this.#prompt = prompt;
    for (const one of platforms) this.#frames.set(one.id, emptyFrame(one));
    this.element = h('div', { class: 'gallery' }, ...this.#frames.values());
  }

  get images() {
    return [...this.#images.values()];
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

  /** Put finished images into their frames; return those that are new. */
  finish(images) {
    const fresh = images.filter((one) => !this.#images.has(one.platformId));
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
    const crop = () => showCrop(link, image, this.images);
    if (image.crop) {
      link.addEventListener('pointerenter', crop);
      link.addEventListener('focus', crop);
    }
    const save = h(
      'a',
      { class: 'save', ...savingLink(image), 'aria-label': `Download ${platform}` },
      h('span', { 'aria-hidden': 'true' }, '↓'),
    );
    const facts = `${width} × ${height} · ${bytes(size)}`;
    return frame({ name: platform, width, height }, 'done', link, facts, save);
  }
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
