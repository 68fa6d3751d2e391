/** Saves images: one by its address, all of a job as one ZIP file. */

import { SnapAssetError } from './sdk/index.js';
import { h, webAddress } from './dom.js';
import { zip } from './zip.js';

/**
 * Return the attributes of a link that saves an image. What comes from another origin, a CDN or a
 * bucket, would be shown instead: the page reads it and hands it over, where that origin allows it.
 */
export function savingLink(image) {
  const url = new URL(webAddress(image.url) || location.href);
  if (url.origin === location.origin) {
    url.searchParams.set('download', '1');
    return { href: url.href, download: '' };
  }
  const onclick = (event) => {
    event.preventDefault();
    saveOne(image);
  };
  return { href: url.href, target: '_blank', rel: 'noopener', onclick };
}

async function saveOne(image) {
  try {
    const { name, bytes } = await fetched(image);
    handOver(new Blob([bytes]), name);
  } catch {
    window.open(webAddress(image.url), '_blank', 'noopener');
  }
}

/** Save all images in one file. Throws SnapAssetError. */
export async function saveAll(images, prompt) {
  const files = await Promise.all(images.map(fetched));
  handOver(zip(files), `${nameOf(prompt)}.zip`);
}

function handOver(blob, name) {
  const href = URL.createObjectURL(blob);
  h('a', { href, download: name }).click();
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
