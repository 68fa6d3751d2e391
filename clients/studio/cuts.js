/** Cutting a generation again: what is ordered, and the way to its result. */

import { SnapAssetError } from './sdk/index.js';

const WAIT_SECONDS = 20;
const FORMATS = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png', webp: 'webp', avif: 'avif' };

export const FORMAT_NAMES = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF' };

/** Every format, for sizes that no platform restricts. */
export const ALL_FORMATS = Object.keys(FORMAT_NAMES);

/** Return the part of an order that names the target of `image`; `platforms` is a Map by id. */
export function targetOf({ platformId, width, height }, platforms) {
  return platforms.has(platformId) ? { platform: platformId } : { name: platformId, width, height };
}

/** Return the format that an image has by its address, undefined if it does not tell. */
export function formatOf({ url }) {
  return FORMATS[/\.(\w+)$/.exec(new URL(url, location.href).pathname)?.[1]];
}

/**
 * True if an image shows its crop on a background: then their shapes differ by more than the
 * rounding of a pixel each way.
 */
export function isContained({ crop, width, height }) {
  const ratio = width / height;
  return Boolean(crop) && Math.abs(crop.width - crop.height * ratio) > 1 + ratio;
}

/** Return the manner of an image for another cut: as far as it can be seen of it. */
export function mannerOf(image) {
  return { format: formatOf(image), ...(isContained(image) ? { fit: 'contain' } : {}) };
}

/** True if two images have one shape; a pixel more or less is none to the eye. */
export const sameShape = (one, other) =>
  Math.abs((one.width / one.height) * (other.height / other.width) - 1) < 0.01;

/** Cut, and resolve to the result of the job. Throws SnapAssetError. */
export async function cutAgain(session, generationId, order) {
  const { jobId, job } = await session.call((client) =>
    client.cut(generationId, order, { waitSeconds: WAIT_SECONDS }),
  );
  const ended = job ?? (await lastEvent(session, jobId));
  if (ended.status === 'completed') return ended.result;
  const { message = `The job is ${ended.status}.`, ...error } = ended.error ?? {};
  throw new SnapAssetError(message, error);
}

function lastEvent(session, jobId) {
  return session.call(async (client) => {
    let last;
    for await (const event of client.watch(jobId)) last = event;
    return last;
  });
}
