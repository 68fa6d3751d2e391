/**
 * Packs files into a ZIP without compressing them: images are compressed already, and storing takes
 * so little code that it is not worth copying a library into the repository to serve it from there.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;

/** Return a Blob of `[{ name, bytes }]`, at most 4 GB in all. */
export function zip(files, when = new Date()) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const text = new TextEncoder().encode(name);
    const facts = [
      [2, VERSION], [2, UTF8], [2, 0], [2, timeOf(when)], [2, dateOf(when)],
      [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, text.length], [2, 0],
    ];
    const local = numbers([[4, LOCAL], ...facts]);
    parts.push(local, text, bytes);
    const place = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    directory.push(numbers([[4, CENTRAL], [2, VERSION], ...facts, ...place]), text);
    offset += local.length + text.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = files.length;
  const end = [[4, END], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]];
  return new Blob([...parts, ...directory, numbers(end)], { type: 'application/zip' });
}

/** Return little-endian numbers of the given widths in bytes. */
function numbers(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

const timeOf = (when) =>
  (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1);
const dateOf = (when) =>
  ((when.getFullYear() - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate();

const TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
