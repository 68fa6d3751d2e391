/** All cuts of one platform, to look at and to take up again: their addresses never change. */

import { h, webAddress } from './dom.js';

/** Return the row of `cuts`, the oldest first; `onChoose(image)` is called with the one clicked. */
export function earlierCuts(cuts, chosen, onChoose) {
  if (cuts.length < 2) return undefined;
  const cards = cuts.map((image, at) => {
    const name = at === cuts.length - 1 ? 'Newest cut' : `Cut ${at + 1} of ${cuts.length}`;
    const { width, height } = image;
    const picture = h('img', { src: webAddress(image.url), alt: '', width, height, loading: 'lazy' });
    return h('button', {
      type: 'button', class: 'cut', 'aria-label': name, title: name, onclick: () => onChoose(image),
      'aria-pressed': String(image.renditionId === chosen.renditionId),
    }, picture);
  });
  return h('div', { role: 'group', 'aria-label': 'All cuts' }, h('p', { class: 'hint' },
    'All cuts, the newest last'), h('div', { class: 'cuts' }, ...cards));
}
