/** What can be done with one finished image: open, save, copy, share, delete. */

import { confirmed } from './dialog.js';
import { h, webAddress } from './dom.js';
import { savingLink } from './download.js';
import { abilities, copyLink, copyPicture, share } from './share.js';

/** `image()` is the image at the moment of the click. */
export function passOn(bench, image, { onProblem, onDone, onDeleted }) {
  const act = (what, done) => async () => {
    try {
      if ((await what(image())) !== false && done) onDone(done);
    } catch (error) {
      onProblem(error);
    }
  };
  const button = (text, onclick) => h('button', { type: 'button', onclick }, text);
  const can = abilities();
  const row = h('div', { class: 'actions pass-on', role: 'group', 'aria-label': 'This image' });
  const open = h('a', { class: 'button', target: '_blank', rel: 'noopener' }, 'Open');
  const save = h('a', { class: 'button' }, 'Download');
  open.addEventListener('click', () => (open.href = webAddress(image().url)));
  save.addEventListener('click', (event) => {
    const { onclick, ...link } = savingLink(image());
    for (const [name, value] of Object.entries(link)) save.setAttribute(name, value);
    onclick?.(event);
  });
  open.href = webAddress(image().url);
  save.href = open.href;
  row.append(open, save);
  if (can.copyText) row.append(button('Copy link', act(copyLink, 'The link is copied.')));
  if (can.copyPicture) row.append(button('Copy picture', act(copyPicture, 'The picture is copied.')));
  if (can.share) row.append(button('Share', act((one) => share(one, one.platform))));
  const remove = async (one) => {
    const text = `${one.platform} is deleted, with its address. What was bought stays.`;
    if (!(await confirmed('Delete this image?', text, 'Delete image'))) return false;
    await bench.deleteRendition(one);
    onDeleted();
    return undefined;
  };
  const gone = button('Delete image', act(remove));
  gone.className = 'danger';
  row.append(gone);
  return row;
}
