/**
 * Finds what draws the eye first, as the service does (docs/images.md, "What matters") but for faces:
 * how much each pixel of a small picture stands out.
 */

const LEVELS = 4;
const ALIKE = 12;
const UNLIKE = 60;
const GATHERED = 0.22;
const EMPHASIS = 1.5;

/**
 * Return the map of RGBA pixels, all zero for a picture without a subject: colours that differ from
 * the others and are gathered, and edges where the rest is calm.
 */
export function heatOf(pixels, width, height) {
  const colours = contrastOf(pixels, width, height);
  const edges = edgesOf(pixels, width, height);
  const both = colours.map((value, at) => (value + edges[at]) / 2);
  return aboveBackground(blurred(both, width, height, Math.max(width, height) / 60));
}

function contrastOf(pixels, width, height) {
  const { index, colours } = palette(pixels, width, height);
  const total = width * height;
  const border = 2 * (width + height) - 4;
  const lab = colours.map(({ sum, count }) => labOf(sum.map((one) => one / count)));
  const distances = lab.map((one) => lab.map((other) => Math.hypot(...one.map((value, at) => value - other[at]))));
  const weights = colours.map((_, at) => {
    const away = distances[at];
    // Shades of one thing are gathered where the whole thing is.
    const near = { count: 0, border: 0, x: 0, y: 0, squares: 0 };
    let unlike = 0;
    colours.forEach((other, to) => {
      const share = Math.exp(-((away[to] / ALIKE) ** 2));
      for (const name of Object.keys(near)) near[name] += share * other[name];
      unlike += Math.min(away[to], UNLIKE) * (other.count / total);
    });
    const [x, y, squares] = [near.x, near.y, near.squares].map((sum) => sum / near.count);
    const spread = Math.max(0, squares - x * x - y * y);
    const outside = near.border / border / Math.max(0.02, near.count / total);
    return (unlike * Math.exp(-spread / (2 * GATHERED ** 2))) / (1 + 2 * outside);
  });
  const most = Math.max(5, ...weights);
  return Float64Array.from(index, (colour) => weights[colour] / most);
}

/** The colours in few steps, and for each sums over its pixels, places in shorter sides. */
function palette(pixels, width, height) {
  const found = new Map();
  const side = Math.min(width, height);
  const index = new Uint16Array(width * height);
  for (let at = 0; at < index.length; at += 1) {
    const rgb = [pixels[4 * at], pixels[4 * at + 1], pixels[4 * at + 2]];
    const name = rgb.reduce((sum, level) => sum * LEVELS + Math.floor((level * LEVELS) / 256), 0);
    if (!found.has(name)) {
      const zero = { number: found.size, sum: [0, 0, 0], count: 0, border: 0, x: 0, y: 0, squares: 0 };
      found.set(name, zero);
    }
    const colour = found.get(name);
    const [column, row] = [at % width, Math.floor(at / width)];
    const [x, y] = [column / side, row / side];
    const isBorder = column === 0 || row === 0 || column === width - 1 || row === height - 1;
    rgb.forEach((level, channel) => { colour.sum[channel] += level; });
    colour.count += 1;
    colour.border += isBorder ? 1 : 0;
    colour.x += x;
    colour.y += y;
    colour.squares += x * x + y * y;
    index[at] = colour.number;
  }
  return { index, colours: [...found.values()] };
}

function edgesOf(pixels, width, height) {
  const clamped = (value, most) => Math.min(Math.max(value, 0), most);
  const channels = Float64Array.from({ length: 3 * width * height }, (_, at) =>
    channelOf(pixels, Math.floor(at / 3), at % 3));
  const steps = Float64Array.from({ length: width * height }, (_, at) => {
    const [column, row] = [at % width, Math.floor(at / width)];
    let sum = 0;
    for (let channel = 0; channel < 3; channel += 1) {
      let [least, most] = [255, 0];
      for (let down = -1; down <= 1; down += 1) {
        for (let right = -1; right <= 1; right += 1) {
          const near = clamped(row + down, height - 1) * width + clamped(column + right, width - 1);
          least = Math.min(least, channels[3 * near + channel]);
          most = Math.max(most, channels[3 * near + channel]);
        }
      }
      sum += most - least;
    }
    return Math.min(1, sum / 255);
  });
  const soft = blurred(steps, width, height, Math.max(width, height) / 40);
  const usual = quantile(soft, 0.6);
  const above = soft.map((value) => Math.max(0, value - usual));
  const most = Math.max(0.08, above.reduce((one, other) => Math.max(one, other)));
  return above.map((value) => value / most);
}

/** Brightness and two differences of colour, as JPEG has them (ITU-T T.871). */
function channelOf(pixels, at, channel) {
  const [red, green, blue] = [pixels[4 * at], pixels[4 * at + 1], pixels[4 * at + 2]];
  if (channel === 0) return 0.299 * red + 0.587 * green + 0.114 * blue;
  if (channel === 1) return 128 - 0.1687 * red - 0.3313 * green + 0.5 * blue;
  return 128 + 0.5 * red - 0.4187 * green - 0.0813 * blue;
}

/** sRGB of 0 to 255 in CIE Lab, white D65 (IEC 61966-2-1, CIE 15). */
function labOf(rgb) {
  const [r, g, b] = rgb.map((value) => value / 255).map((value) =>
    (value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92));
  const f = (value) => (value > (6 / 29) ** 3 ? Math.cbrt(value) : value * ((29 / 6) ** 2) / 3 + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function aboveBackground(heat) {
  const base = quantile(heat, 0.5);
  const most = heat.reduce((one, other) => Math.max(one, other));
  if (most - base < 0.04) return heat.map(() => 0);
  return heat.map((value) => (Math.max(0, value - base) / (most - base)) ** EMPHASIS);
}

/** Three means in turn are as good as a Gaussian. */
function blurred(values, width, height, radius) {
  const reach = Math.max(1, Math.round((Math.sqrt(4 * radius * radius + 1) - 1) / 2));
  let now = values;
  for (let round = 0; round < 3; round += 1) {
    now = means(now, width, height, reach, 1, width);
    now = means(now, height, width, reach, width, 1);
  }
  return now;
}

/** The mean of each value and `reach` on both sides along lines; edges count as often as needed. */
function means(values, length, lines, reach, step, stride) {
  const out = new Float64Array(values.length);
  for (let line = 0; line < lines; line += 1) {
    const at = (place) => line * stride + Math.min(Math.max(place, 0), length - 1) * step;
    let sum = 0;
    for (let place = -reach; place <= reach; place += 1) sum += values[at(place)];
    for (let place = 0; place < length; place += 1) {
      out[at(place)] = sum / (2 * reach + 1);
      sum += values[at(place + reach + 1)] - values[at(place - reach)];
    }
  }
  return out;
}

function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place % 1);
}
