/** Builds elements. Text becomes text nodes only: nothing here can turn a string into HTML. */

export const $ = (id) => document.getElementById(id);

/** Characters that control terminals or reorder text; the service refuses them in prompts. */
export const STEERING =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g;

/** Return a text as it may be shown, whoever wrote it: it cannot turn what stands beside it. */
const calm = (text) => text.replace(STEERING, '');

/** `h('a', { class: 'x', href, onclick }, 'text', element)`; absent values are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.startsWith('--')) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? '' : calm(String(value)));
  }
  const present = children.filter((child) => child !== undefined && child !== null);
  element.append(...present.map((child) => (typeof child === 'string' ? calm(child) : child)));
  return element;
}

/** Set a text, but leave it alone when it is the same: a live region would announce it again. */
export function say(element, text) {
  const shown = calm(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Announce something to people who cannot see the page. */
export function announce(text) {
  say($('live'), text);
}

export function counted(number, one) {
  return `${number.toLocaleString()} ${one}${number === 1 ? '' : 's'}`;
}

export function bytes(size) {
  if (size < 1000) return `${size}\u00a0bytes`;
  return size < 1e6 ? `${Math.round(size / 1000)}\u00a0kB` : `${(size / 1e6).toFixed(1)}\u00a0MB`;
}

/** An address that may be put into a link or an image; anything but http(s) is dropped. */
export function webAddress(url) {
  try {
    const { protocol, href } = new URL(url, location.href);
    return protocol === 'http:' || protocol === 'https:' ? href : '';
  } catch {
    return '';
  }
}
