/**
 * The part of a master that a rendition shows: a box of one shape that stays inside the master.
 * Boxes are `{ x, y, width, height }` in pixels of the master; nothing here changes one in place.
 */

/** How many times smaller than the largest one a box may be. */
export const CLOSEST = 5;

/** Return the largest box of the shape `ratio`, in the middle. */
export function largest(ratio, master) {
  const width = Math.min(master.width, master.height * ratio);
  const height = width / ratio;
  return { x: (master.width - width) / 2, y: (master.height - height) / 2, width, height };
}

/** Return the box of the shape `ratio` that shows most of `crop`, and nothing else if it fits. */
export function fitted(crop, ratio, master) {
  const width = Math.min(crop.width, crop.height * ratio);
  const box = { x: crop.x + (crop.width - width) / 2, width, height: width / ratio };
  return sized({ ...box, y: crop.y + (crop.height - box.height) / 2 }, 1, master);
}

export const moved = (box, across, down, master) =>
  inside({ ...box, x: box.x + across, y: box.y + down }, master);

export const centred = (box, point, master) =>
  inside({ ...box, x: point.x - box.width / 2, y: point.y - box.height / 2 }, master);

/**
 * Return the box made `factor` times as large; the point `anchor` of it, in shares of its width and
 * height, stays where it is as far as the master allows.
 */
export function sized(box, factor, master, anchor = { x: 0.5, y: 0.5 }) {
  const ratio = box.width / box.height;
  const most = largest(ratio, master).width;
  const width = clamp(box.width * factor, most / CLOSEST, most);
  const height = width / ratio;
  const x = box.x + (box.width - width) * anchor.x;
  const y = box.y + (box.height - height) * anchor.y;
  return inside({ x, y, width, height }, master);
}

/** Return how many times smaller than the largest one the box is. */
export const zoomOf = (box, master) => largest(box.width / box.height, master).width / box.width;

/** Return the box in whole pixels, as the API takes it. */
export function whole(box, master) {
  const width = Math.min(Math.max(1, Math.round(box.width)), master.width);
  const height = Math.min(Math.max(1, Math.round(box.height)), master.height);
  const x = clamp(Math.round(box.x), 0, master.width - width);
  return { x, y: clamp(Math.round(box.y), 0, master.height - height), width, height };
}

const inside = (box, master) => ({
  ...box,
  x: clamp(box.x, 0, Math.max(0, master.width - box.width)),
  y: clamp(box.y, 0, Math.max(0, master.height - box.height)),
});

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
