/** What can be ordered, and what is wrong with an order before it is sent. */

export const MIN_PROMPT = 10;
export const MAX_PROMPT = 4000;
export const MAX_PLATFORMS = 32;

/** Name, label and the values with their labels; the first leaves the choice to the service. */
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
  ['masters', 'Originals', [['', 'One for all'], ['perAspect', 'One for each shape, each paid']]],
  ['fit', 'Other shapes', [
    ['', 'Cut to fit'], ['contain', 'All of it, on a background'],
    ['extend', 'Painted further, each shape paid'],
  ]],
  ['label', 'Label', [['', 'None'], ['ai', 'AI, in a corner']]],
  ['crop', 'Crop', [['', 'Smart: around what matters'], ['center', 'The middle']]],
];

/** Characters as the service counts them: an emoji is one, surrounding white space is none. */
export const lengthOf = (prompt) => [...prompt].length;

/** Characters that control terminals or reorder text; the service refuses them. */
const STEERING =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/;

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
  if (STEERING.test(prompt)) {
    return 'There are control characters in it. Please delete them.';
  }
  return '';
}

export function platformsProblem(chosen) {
  if (chosen.length === 0) return 'Choose at least one platform.';
  return chosen.length > MAX_PLATFORMS ? `Choose at most ${MAX_PLATFORMS} platforms.` : '';
}
