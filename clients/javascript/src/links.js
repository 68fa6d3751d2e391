/** Which image addresses may be fetched. */

import { BAD_ANSWER, SnapAssetError } from './errors.js';
import { isNode, nodeModule } from './runtime.js';

const SIGNATURE = 'X-Amz-Signature'; // only addresses in a private bucket have one
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/;
const KEY_SEGMENTS = 3; // owner / generation / file: how an image's address ends, wherever it is
const PLATFORM = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/; // or the name of a size
const TYPES = {
  avif: 'image/avif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

/** The ranges that are not public, as [address, prefix length, family]. */
const NOT_PUBLIC = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 3, 'ipv6'], // loopback, mapped and translated ones
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
];

/** Return the name of an image's file and its media type, built of checked parts. */
export function fileOf({ platformId, width, height, url }) {
  const [, extension] = /\.([a-z]{3,4})$/.exec(parsed(url).pathname) ?? [];
  const whole = Number.isInteger(width) && Number.isInteger(height);
  if (!PLATFORM.test(platformId) || !whole || !Object.hasOwn(TYPES, extension ?? '')) {
    throw bad('The API has sent an image without a name that a file may have.');
  }
  return { name: `${platformId}-${width}x${height}.${extension}`, type: TYPES[extension] };
}

/**
 * Return the address to read an image from: the API's own, or its link to a private bucket if that
 * is https to a public address, at the API's own origin, or at one of `trusted`. In a page the
 * browser's rules apply instead. Throws SnapAssetError.
 */
export async function addressOf({ url }, apiUrl, trusted = []) {
  const link = parsed(url);
  if (!link.searchParams.has(SIGNATURE)) {
    const key = link.pathname.split('/').slice(-KEY_SEGMENTS);
    if (key.every((one) => SEGMENT.test(one))) return `${apiUrl}/images/${key.join('/')}`;
    throw bad('The address of an image has no path of an image.');
  }
  const own = [apiUrl, ...trusted].map((one) => new URL(one, globalThis.location?.href).origin);
  if (own.includes(link.origin) || typeof document === 'object') return link.href;
  if (link.protocol === 'https:' && (await isPublic(link.hostname))) return link.href;
  throw bad(`The link to an image leads to ${link.origin}, which is not public, or not https.`);
}

/** Links are absolute; only a page has an address that relative ones could be resolved against. */
function parsed(url) {
  let link;
  try {
    link = new URL(url, globalThis.location?.href);
  } catch (cause) {
    throw bad('The address of an image is none.', cause);
  }
  if (['http:', 'https:'].includes(link.protocol) && !link.username) return link;
  throw bad('The address of an image is not one of the web.');
}

/**
 * Return whether a host is on the public internet. By the time of the request the name may resolve
 * to another address: TLS makes that harmless, as no host inside has a certificate for the name.
 */
async function isPublic(hostname) {
  if (!isNode) return true; // such a runtime is in no private network
  const [dns, net] = await Promise.all(['node:dns/promises', 'node:net'].map(nodeModule));
  const inside = new net.BlockList();
  for (const row of NOT_PUBLIC) inside.addSubnet(...row);
  try {
    const found = await dns.lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    return found.every(({ address, family }) => !inside.check(address, `ipv${family}`));
  } catch (cause) {
    throw new SnapAssetError('The image cannot be reached.', { code: 'NETWORK_ERROR', cause });
  }
}

function bad(text, cause) {
  return new SnapAssetError(text, { code: BAD_ANSWER, cause });
}
