/** What can be ordered, and what is wrong with an order before it is sent. */

import { STEERING } from './dom.js';

export const MIN_PROMPT = 10;
export const MAX_PROMPT = 4000;
export const MAX_PLATFORMS = 32;

/**
 * Name, label, the values with their labels, and how a value is sent if not as text; the first value
 * leaves the choice to the service.
 */
export const OPTIONS = [
  ['quality', 'Quality', [
    ['', 'As usual'], ['low', 'Low'], ['standard', 'Standard'], ['medium', 'Medium'],
    ['high', 'High'], ['hd', 'HD'], ['xhigh', 'Higher than HD'], ['max', 'The most'],
    ['auto', 'The model decides'],
  ]],
  ['style', 'Style', [['', 'As the prompt says'], ['vivid', 'Vivid'], ['natural', 'Natural']]],
  ['format', 'Format', [
    ['', 'JPEG'], ['png', 'PNG'], ['webp', 'WebP'], ['avif', 'AVIF'],
  ]],
  ['variants', 'Variants', [
    ['', 'One'], ['2', 'Two, each paid'], ['3', 'Three, each paid'], ['4', 'Four, each paid'],
  ], Number],
  ['masters', 'Originals', [['', 'One for all'], ['perAspect', 'One for each shape, each paid']]],
  ['fit', 'Other shapes', [
    ['', 'Cut to fit'], ['contain', 'All of it, on a background'],
    ['extend', 'Painted further, each shape paid'],
  ]],
  ['background', 'Background', [
    ['', 'As usual'], ['auto', 'The colour of its edges'], ['#ffffff', 'White'],
    ['#000000', 'Black'], ['transparent', 'None: transparent'],
  ]],
  ['label', 'Label', [['', 'None'], ['ai', 'AI, in a corner']]],
  ['crop', 'Crop', [['', 'Smart: around what matters'], ['center', 'The middle']]],
  ['model', 'Model', [['', 'The service decides']]], // the rest of them the API tells
];

/** What is painted; a picture that is only cut has none of it. */
const PAINTING = ['quality', 'style', 'variants', 'model'];
const PAINTED = ['perAspect', 'extend', 'transparent'];

/** Option, values of it, and the options with which the service refuses them. */
const EXCLUDED = [
  ['variants', ['2', '3', '4'], ({ masters }) => masters === 'perAspect'],
  ['fit', ['extend'], ({ masters }) => masters === 'perAspect'],
  ['background', ['auto', '#ffffff', '#000000'], ({ fit }) => fit !== 'contain'],
  ['background', ['transparent'], ({ fit, format }) => fit === 'extend' || !format],
];

/** True if the service would refuse an order for this value of an option. */
export function isExcluded(name, value, { options, source }) {
  if (!value) return false;
  if (source && (PAINTING.includes(name) || PAINTED.includes(value))) return true;
  return EXCLUDED.some(([option, values, when]) =>
    option === name && values.includes(value) && when(options));
}

/** Characters as the service counts them: an emoji is one, surrounding white space is none. */
export const lengthOf = (prompt) => [...prompt].length;

/** Return what is wrong with the prompt, "" if nothing is. */
export function promptProblem(prompt) {
  const inked = lengthOf(prompt.trim());
  if (inked === 0) return 'Say what should be painted.';
  if (inked < MIN_PROMPT) return `At least ${MIN_PROMPT} characters, ${MIN_PROMPT - inked} more.`;
  const length = lengthOf(prompt);
  if (length > MAX_PROMPT) {
    const over = (length - MAX_PROMPT).toLocaleString();
    return `At most ${MAX_PROMPT.toLocaleString()} characters, ${over} too many.`;
  }
  if (prompt.search(STEERING) >= 0) {
    return 'There are control characters in it. Please delete them.';
  }
  return '';
}

/** Return what is wrong with so many platforms and sizes, "" if nothing is. */
export function platformsProblem(count) {
  if (count === 0) return 'Choose at least one platform.';
  return count > MAX_PLATFORMS ? `Choose at most ${MAX_PLATFORMS} platforms and sizes.` : '';
}

export const MIN_SIDE = 16;
export const MAX_SIDE = 4096;
const MAX_NAME = 40;

/** Return a size of one's own as it is ordered, from what was typed into three fields. */
export function sizeOf(name, width, height) {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [`${width}x${height}`];
  const short = words.join('-').slice(0, MAX_NAME).replace(/-$/, '');
  return { name: short, width: Number(width), height: Number(height) };
}

/** Return what is wrong with a size, "" if nothing is; `taken` are names in use. */
export function sizeProblem({ name, width, height }, taken) {
  const isSide = (one) => Number.isInteger(one) && one >= MIN_SIDE && one <= MAX_SIDE;
  if (!isSide(width) || !isSide(height)) {
    return `Width and height are whole numbers from ${MIN_SIDE} to ${MAX_SIDE.toLocaleString()}.`;
  }
  return taken.includes(name) ? `There is a “${name}” already; choose another name.` : '';
}
