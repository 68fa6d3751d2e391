/** Hands an image on: its link or itself to the clipboard, or to what the device shares with. */

import { webAddress } from './dom.js';
import { fetched } from './download.js';

/** What this browser can do here; away from https and localhost it has no clipboard. */
export const abilities = () => ({
  copyText: Boolean(navigator.clipboard?.writeText),
  copyPicture: Boolean(navigator.clipboard?.write && window.ClipboardItem),
  share: Boolean(navigator.share),
});

export const copyLink = (image) => navigator.clipboard.writeText(webAddress(image.url));

/** Clipboards take PNG alone. A promise inside the item keeps the click's permission in Safari. */
export const copyPicture = (image) =>
  navigator.clipboard.write([new ClipboardItem({ 'image/png': asPng(image) })]);

/** Share the file where that is possible, its link otherwise; giving up halfway is no fault. */
export async function share(image, title) {
  try {
    const { name, blob } = await fetched(image);
    const files = [new File([blob], name, { type: blob.type })];
    const shared = navigator.canShare?.({ files }) ? { files } : { url: webAddress(image.url) };
    await navigator.share({ ...shared, title });
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
}

async function asPng(image) {
  const { blob } = await fetched(image);
  const picture = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext('2d').drawImage(picture, 0, 0);
  picture.close();
  return canvas.convertToBlob({ type: 'image/png' });
}
