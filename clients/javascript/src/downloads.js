/** Reads finished images, through the API or from a private bucket. */

import { errorFrom } from './answers.js';
import { BAD_ANSWER, SnapAssetError } from './errors.js';
import { addressOf, fileOf } from './links.js';
import { boundedBytes } from './reading.js';
import { anyOf } from './runtime.js';
import { guarded } from './transport.js';

/** More than any image that the service makes; a server cannot claim a larger size than this. */
export const MAX_IMAGE_BYTES = 64 << 20;

/** Return an image as `{ name, blob }`, fetched without credentials. Throws SnapAssetError. */
export async function downloadImage({ apiUrl, options }, image, { signal, timeoutMs } = {}) {
  const { fetch: send = globalThis.fetch, imageOrigins } = options;
  const { name, type } = fileOf(image);
  const { size } = image;
  if (!Number.isInteger(size) || size < 1 || size > MAX_IMAGE_BYTES) {
    throw new SnapAssetError(`The size of ${name} is out of bounds.`, { code: BAD_ANSWER });
  }
  const address = await addressOf(image, apiUrl, imageOrigins);
  const deadline = AbortSignal.timeout(timeoutMs ?? options.timeoutMs);
  const read = async () => {
    const both = anyOf(signal, deadline);
    const response = await send(address, { signal: both, redirect: 'error', credentials: 'omit' });
    if (!response.ok) throw await errorFrom(response);
    return boundedBytes(response, size);
  };
  const bytes = await guarded(read, new URL(address, globalThis.location?.href).origin, signal);
  if (bytes.length === size) return { name, blob: new Blob([bytes], { type }) };
  throw new SnapAssetError(`${name} arrived incomplete.`, { code: BAD_ANSWER });
}
