/** Saves images: one by its address, all of a job as one ZIP file. */

import { SnapAssetError } from './sdk/index.js';
import { h, webAddress } from './dom.js';
import { zip } from './zip.js';

/** The service answers so that a browser saves the image instead of showing it. */
export function savingAddress(image) {
  const url = new URL(webAddress(image.url) || location.href);
  const signed = url.searchParams.has('X-Amz-Signature'); // and good only as it is
  if (!signed) url.searchParams.set('download', '1');
  return url.href;
}

/** Save all images in one file. Throws SnapAssetError. */
export async function saveAll(images, prompt) {
  const files = await Promise.all(images.map(fetched));
  const href = URL.createObjectURL(zip(files));
  h('a', { href, download: `${nameOf(prompt)}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

async function fetched(image) {
  let answer;
  try {
    answer = await fetch(webAddress(image.url));
  } catch (cause) {
    throw new SnapAssetError('The images cannot be reached.', { code: 'NETWORK_ERROR', cause });
  }
  if (!answer.ok) {
    const text = `The image for ${image.platform} is not there.`;
    throw new SnapAssetError(text, { code: `HTTP_${answer.status}`, status: answer.status });
  }
  const name = new URL(image.url).pathname.split('/').pop();
  return { name, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

/** Return a file's name made of the prompt's first words. */
function nameOf(prompt) {
  const plain = prompt.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return ['snapasset', ...words].join('-').slice(0, 60).replace(/-$/, '');
}
