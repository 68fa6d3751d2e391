/** What can be done with one finished image: open, save, copy, share, delete. */

import { confirmed } from './dialog.js';
import { h, webAddress } from './dom.js';
import { savingLink } from './download.js';
import { abilities, copyLink, copyPicture, share } from './share.js';

/** Return the row of what can be done with `image`. */
export function passOn(bench, image, { onProblem, onDone, onDeleted }) {
  const act = (what, done) => async () => {
    try {
      if ((await what(image)) !== false && done) onDone(done);
    } catch (error) {
      onProblem(error);
    }
  };
  const button = (text, onclick) => h('button', { type: 'button', onclick }, text);
  const can = abilities();
  const href = webAddress(image.url);
  const row = h(
    'div',
    { class: 'actions pass-on', role: 'group', 'aria-label': 'This image' },
    h('a', { class: 'button', href, target: '_blank', rel: 'noopener' }, 'Open'),
    h('a', { class: 'button', ...savingLink(image) }, 'Download'),
  );
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
