/**
 * Shows which part of the bought image a rendition is. That image itself is private, but its
 * renditions are parts of it: put in their places, they make up the whole.
 */

import { h, webAddress } from './dom.js';

/** Lay the map over `link`, the picture of `image`; `images` are all those of the job so far. */
export function showCrop(link, image, images) {
  const parts = images.filter((one) => one.crop && one.master === image.master);
  const drawn = link.querySelector('.map');
  if (drawn?.dataset.parts === String(parts.length)) return;
  drawn?.remove();
  const width = Math.max(...parts.map(({ crop }) => crop.x + crop.width));
  const height = Math.max(...parts.map(({ crop }) => crop.y + crop.height));
  const others = parts.filter((one) => one !== image).map((one) => piece(one, width, height));
  const current = piece(image, width, height);
  current.classList.add('current');
  const master = h('span', { class: 'master', '--ratio': width / height }, ...others, current);
  const { crop } = image;
  const words = `${crop.width} × ${crop.height} of ${width} × ${height}`;
  link.append(
    h(
      'span',
      { class: 'map', 'data-parts': parts.length, 'aria-hidden': 'true' },
      master,
      h('span', { class: 'words' }, words),
    ),
  );
}

function piece({ url, crop }, width, height) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  return h('img', {
    src: webAddress(url),
    alt: '',
    '--x': share(crop.x, width),
    '--y': share(crop.y, height),
    '--w': share(crop.width, width),
    '--h': share(crop.height, height),
  });
}
