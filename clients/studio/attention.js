/**
 * Estimates how much of what matters a frame shows, while it is being moved.
 *
 * The service weighs the master whenever it cuts it, and tells the share with each image. The page
 * draws a map of its own in the same way, and makes it agree with the shares that it was told.
 */

import { heatOf } from './saliency.js';

const SIDE = 96;
const ROUNDS = 12;

/** Return a function that estimates, 0 to 1, what a box of the master shows. */
export async function attentionTo(master, images) {
  const { width, height, pixels } = await reduced(master);
  const heat = heatOf(pixels, width, height);
  if (!heat.some(Boolean)) return () => 1; // as the service says of such a picture
  const map = { width, height, heat: shares(heat) };
  const known = images.filter((one) => one.crop && one.kept !== undefined);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { crop, kept } of known) agree(map, covering(map, crop, master), kept);
  }
  return (box) => sumUnder(map, covering(map, box, master));
}

async function reduced(master) {
  const scale = Math.min(1, SIDE / Math.max(master.width, master.height));
  const [width, height] = [master.width, master.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(await picture(master.url), 0, 0, width, height);
  return { width, height, pixels: context.getImageData(0, 0, width, height).data };
}

async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

function shares(heat) {
  const total = heat.reduce((sum, value) => sum + value, 0);
  // A little everywhere: what the service saw, such as a face, may be where nothing was found here.
  return heat.map((value) => (0.98 * value) / total + 0.02 / heat.length);
}

/** How much of each column and of each row of the map lies in a box of the master. */
function covering({ width, height }, box, master) {
  const along = (count, start, end) => Float64Array.from({ length: count }, (_, at) =>
    Math.max(0, Math.min(at + 1, end * count) - Math.max(at, start * count)));
  return {
    columns: along(width, box.x / master.width, (box.x + box.width) / master.width),
    rows: along(height, box.y / master.height, (box.y + box.height) / master.height),
  };
}

function sumUnder({ width, heat }, { columns, rows }) {
  let sum = 0;
  rows.forEach((row, y) => {
    if (row) columns.forEach((column, x) => { sum += row * column * heat[y * width + x]; });
  });
  return Math.min(1, Math.max(0, sum));
}

/** Scale the map inside and outside of a box so that the box holds the share `kept`. */
function agree(map, cover, kept) {
  const found = sumUnder(map, cover);
  if (found < 1e-6 || found > 1 - 1e-6) return;
  const [inside, outside] = [kept / found, (1 - kept) / (1 - found)];
  map.heat = map.heat.map((value, at) => {
    const share = cover.rows[Math.floor(at / map.width)] * cover.columns[at % map.width];
    return value * (share * inside + (1 - share) * outside);
  });
}
