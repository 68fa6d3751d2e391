/** Dialogs that exist only while they are open. */

import { h } from './dom.js';

const STYLES = '/studio/workbench.css';

let titles = 0;

/** Open a dialog with this title; it closes by its button, by Escape and when the page moves on. */
export function openDialog(title, style, ...content) {
  const id = `dialog-title-${(titles += 1)}`;
  const close = () => element.close();
  const cross = h(
    'button', { type: 'button', class: 'quiet close', 'aria-label': 'Close', onclick: close }, '✕',
  );
  const head = h('header', { class: 'dialog-head' }, h('h2', { id }, title), cross);
  const element = h('dialog', { class: style, 'aria-labelledby': id }, head, ...content);
  element.addEventListener('close', () => {
    window.removeEventListener('hashchange', close);
    window.removeEventListener('popstate', close);
    element.remove();
  });
  window.addEventListener('hashchange', close);
  window.addEventListener('popstate', close);
  document.body.append(element);
  element.showModal();
  return element;
}

/** Ask before something is lost or bought; resolves to whether to go on. */
export function confirmed(title, text, action, { style = 'danger', refusal = 'Keep it' } = {}) {
  return new Promise((resolve) => {
    const go = h('button', { type: 'button', class: style, onclick: () => done(true) }, action);
    const keep = h('button', { type: 'button', onclick: () => done(false) }, refusal);
    const actions = h('div', { class: 'actions' }, go, keep);
    const dialog = openDialog(title, 'small', h('p', { dir: 'auto' }, text), actions);
    keep.focus();
    dialog.addEventListener('close', () => resolve(false));
    function done(answer) {
      resolve(answer);
      dialog.close();
    }
  });
}

/** Load what dialogs look like, which the first view does not need. */
export function stylesLoaded() {
  if (document.querySelector(`link[href="${STYLES}"]`)) return undefined;
  return new Promise((resolve) => {
    const link = h('link', { rel: 'stylesheet', href: STYLES, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
}
