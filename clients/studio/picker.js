/** The platforms as check boxes, by network, each with a thumbnail of its true shape. */

import { $, h, say } from './dom.js';
import { platformsProblem } from './order.js';
import { OwnSizes } from './own_sizes.js';

const REMEMBERED = 'snapasset.platforms';
const FIRST_CHOICE = ['instagram-post', 'instagram-story', 'twitter-post'];
const SIDE_PX = 22;
const REST = 'More';

export class Picker {
  #touched = false;
  #onChange;
  #sizes = new OwnSizes(() => this.#boxes().map((box) => box.value), () => this.#changed());

  constructor(onChange) {
    this.#onChange = onChange;
    $('picker').addEventListener('change', () => this.#changed());
    $('platform-search').addEventListener('input', () => this.#filter());
    $('platform-search').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault(); // it would send the order
    });
    $('platforms-clear').addEventListener('click', () => this.#choose(this.#boxes(), false));
  }

  /** Show `platforms`; `chosen` are the ids and `sizes` the sizes to begin with, if there are any. */
  show(platforms, chosen, sizes) {
    const known = platforms.map((one) => one.id);
    const begin = (Array.isArray(chosen) ? chosen : remembered()).filter((id) => known.includes(id));
    const groups = [...byNetwork(platforms)].map(([network, members]) =>
      this.#group(network, members, begin));
    $('picker').replaceChildren(...groups);
    this.#sizes.all = sizes;
    this.#filter();
    this.#tell();
  }

  get chosen() {
    return this.#boxes().filter((box) => box.checked).map((box) => box.value);
  }

  get sizes() {
    return this.#sizes.all;
  }

  /** Say what is wrong, if something is; return whether all is well. */
  check({ now = false } = {}) {
    this.#touched ||= now;
    const problem = platformsProblem(this.chosen.length + this.sizes.length);
    say($('platforms-problem'), this.#touched ? problem : '');
    return !problem;
  }

  complain(text) {
    say($('platforms-problem'), text);
  }

  focus() {
    ($('picker').querySelector('.platform:not([hidden]) input') ?? $('platform-search')).focus();
  }

  #boxes(within = $('picker')) {
    return [...within.querySelectorAll('input')];
  }

  #changed() {
    this.check({ now: true });
    this.#tell();
    localStorage.setItem(REMEMBERED, JSON.stringify(this.chosen));
    this.#onChange();
  }

  #choose(boxes, checked) {
    for (const box of boxes) box.checked = checked;
    this.#changed();
  }

  #tell() {
    const { length } = this.chosen;
    say($('platforms-count'), `${length + this.sizes.length} chosen`);
    $('platforms-clear').hidden = length === 0;
    for (const set of $('picker').querySelectorAll('.set')) {
      const all = this.#boxes(set.closest('.network')).every((box) => box.checked);
      set.setAttribute('aria-pressed', all);
    }
  }

  /** Leave what matches the search; what is chosen stays chosen, seen or not. */
  #filter() {
    const words = $('platform-search').value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of $('picker').children) {
      const labels = [...group.querySelectorAll('.platform')];
      for (const label of labels) {
        label.hidden = !words.every((word) => label.dataset.words.includes(word));
      }
      group.hidden = labels.every((label) => label.hidden);
    }
  }

  #group(network, members, begin) {
    const list = h(
      'div',
      { class: 'platforms' },
      ...members.map((one) => choice(one, begin.includes(one.id), network)),
    );
    const toggle = () => {
      const boxes = this.#boxes(list);
      this.#choose(boxes, !boxes.every((box) => box.checked));
    };
    const set = network === REST ? h('span', {}, REST)
      : h('button', { type: 'button', class: 'set', onclick: toggle }, `${network} set`);
    return h('div', { class: 'network', role: 'group', 'aria-label': network }, set, list);
  }
}

/** What was chosen last on this browser. */
function remembered() {
  try {
    const chosen = JSON.parse(localStorage.getItem(REMEMBERED));
    return Array.isArray(chosen) && chosen.length ? chosen : FIRST_CHOICE;
  } catch {
    return FIRST_CHOICE;
  }
}

/** A network is the first word that several names share; what has none comes last. */
function byNetwork(platforms) {
  const first = ({ name }) => name.split(' ')[0];
  const groups = new Map();
  for (const one of platforms) groups.set(first(one), [...(groups.get(first(one)) ?? []), one]);
  const rest = [...groups.values()].filter((members) => members.length === 1).flat();
  const networks = [...groups].filter(([, members]) => members.length > 1);
  return new Map(rest.length ? [...networks, [REST, rest]] : networks);
}

function choice({ id, name, width, height }, checked, network) {
  const scale = SIDE_PX / Math.max(width, height);
  const size = { '--w': `${width * scale}px`, '--h': `${height * scale}px` };
  const words = `${id} ${name} ${width}x${height}`.toLowerCase();
  return h(
    'label',
    { class: 'platform', 'data-words': words },
    h('input', { type: 'checkbox', name: 'platforms', value: id, checked }),
    h('span', { class: 'shape', ...size, 'aria-hidden': 'true' }),
    h('b', {}, ...nameIn(network, name)),
    h('small', {}, `${width} × ${height}`),
  );
}

/** Below its network, a platform need not repeat it; only those who listen hear it again. */
function nameIn(network, name) {
  if (network === REST) return [name];
  return [h('span', { class: 'unseen' }, `${network} `), name.slice(network.length + 1)];
}
