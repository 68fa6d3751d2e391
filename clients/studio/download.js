/** Saves images: one by its address, all of a job as one ZIP file. */

import { SnapAssetClient } from './sdk/index.js';
import { h, webAddress } from './dom.js';
import { late } from './late.js';

const images = new SnapAssetClient('', null); // images are fetched without credentials

/**
 * Return the attributes of a link that saves an image. One from another origin, a CDN or a bucket,
 * would be shown instead: the page reads it and hands it over if that origin allows it.
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
    const { name, blob } = await fetched(image);
    handOver(blob, name);
  } catch {
    window.open(webAddress(image.url), '_blank', 'noopener');
  }
}

/** Save all images in one file. Throws SnapAssetError. */
export async function saveAll(images, prompt) {
  const [{ zip }, ...files] = await Promise.all([
    late(() => import('./zip.js')), ...images.map(packed),
  ]);
  handOver(zip(files), `${nameOf(prompt)}.zip`);
}

function handOver(blob, name) {
  const href = URL.createObjectURL(blob);
  h('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The SDK limits the size and builds the name of checked parts: both come from a server. */
export const fetched = (image) => images.download(image);

async function packed(image) {
  const { name, blob } = await fetched(image);
  return { name, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

/** Return a file name made from the first words of the prompt. */
function nameOf(prompt) {
  const plain = prompt.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return ['snapasset', ...words].join('-').slice(0, 60).replace(/-$/, '');
}
