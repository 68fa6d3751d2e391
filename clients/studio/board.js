/** The whole master with the frame of a rendition on it: moved and sized by pointer, wheel or key. */

import { centred, largest, moved, sized, whole } from './crop.js';
import { h } from './dom.js';

const NUDGE_PX = 1;
const FAR_NUDGE_PX = 20;
const ZOOM_STEP = 1.06;
const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Board {
  #master;
  #box;
  #onChange;
  #frame;
  #pointers = new Map();
  #corner;

  /**
   * `master` is `{ url, width, height }`; `covered` are the parts of the rendition that the platform
   * hides, in shares. `onChange(box)` is called with each new box.
   */
  constructor(master, { box, name, covered, describedBy, onChange }) {
    this.#master = master;
    this.#onChange = onChange;
    const corner = ([x, y]) => h('span', { class: 'corner', 'data-x': x, 'data-y': y });
    this.#frame = h(
      'div',
      {
        class: 'crop-frame', tabindex: 0, role: 'application', 'aria-describedby': describedBy,
        'aria-label': `Frame of ${name}: arrow keys move it, plus and minus size it`,
      },
      ...covered.map(shade),
      ...CORNERS.map(corner),
    );
    this.element = h(
      'div',
      { class: 'board', '--ratio': master.width / master.height },
      h('img', { src: master.url, alt: 'The whole original', draggable: 'false' }),
      this.#frame,
    );
    this.#listen();
    this.box = box;
  }

  get box() {
    return this.#box;
  }

  set box(box) {
    this.#box = box;
    const { width, height } = this.#master;
    const places = { x: box.x / width, y: box.y / height, w: box.width / width, h: box.height / height };
    for (const [name, share] of Object.entries(places)) {
      this.#frame.style.setProperty(`--${name}`, `${100 * share}%`);
    }
    this.#onChange(whole(box, this.#master));
  }

  focus() {
    this.#frame.focus();
  }

  #listen() {
    const { element } = this;
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      element.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
    }
    element.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.box = sized(this.#box, event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP, this.#master);
    }, { passive: false });
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
  }

  #down(event) {
    if (event.button !== 0) return;
    const at = this.#point(event);
    this.element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size > 1) return;
    const { x, y } = event.target.dataset;
    this.#corner = x && { x: Number(x), y: Number(y) };
    if (!this.#frame.contains(event.target)) this.box = centred(this.#box, at, this.#master);
    this.#frame.focus({ preventScroll: true });
    event.preventDefault(); // no text is selected, no picture is dragged away
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) this.#pinch(distance(now, other) / Math.max(1, distance(before, other)));
    else if (this.#corner) this.#pull(now);
    else this.box = moved(this.#box, now.x - before.x, now.y - before.y, this.#master);
  }

  #pinch(factor) {
    this.box = sized(this.#box, factor, this.#master);
  }

  /** Let the held corner follow the pointer; the opposite one stays. */
  #pull(to) {
    const { x, y, width, height } = this.#box;
    const anchor = { x: 1 - this.#corner.x, y: 1 - this.#corner.y };
    const across = Math.abs(to.x - (x + width * anchor.x)) / width;
    const down = Math.abs(to.y - (y + height * anchor.y)) / height;
    this.box = sized(this.#box, Math.max(across, down), this.#master, anchor);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? FAR_NUDGE_PX : NUDGE_PX;
    if (arrow) this.box = moved(this.#box, arrow[0] * step, arrow[1] * step, this.#master);
    else if (['+', '='].includes(event.key)) this.box = sized(this.#box, 1 / ZOOM_STEP, this.#master);
    else if (['-', '_'].includes(event.key)) this.box = sized(this.#box, ZOOM_STEP, this.#master);
    else if (event.key === '0') this.box = largest(this.#box.width / this.#box.height, this.#master);
    else return;
    event.preventDefault();
  }

  /** Return where in the master the pointer is. */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    const across = (clientX - left) / width;
    return { x: across * this.#master.width, y: ((clientY - top) / height) * this.#master.height };
  }
}

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

function shade({ left, top, right, bottom }) {
  const percent = (share) => `${100 * share}%`;
  const place = { '--x': percent(left), '--y': percent(top) };
  return h('span', {
    class: 'covered', ...place, '--w': percent(right - left), '--h': percent(bottom - top),
  });
}
