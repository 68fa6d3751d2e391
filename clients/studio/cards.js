/** What stands for a generation or a job in the history. */

import { counted, h, webAddress } from './dom.js';

/** One picture in its own shape stands for all. */
export function card({ generationId, prompt, images, createdAt }, isOfBatch) {
  const [first] = images;
  const place = h('span', { class: 'cover' });
  if (first) {
    const { width, height } = first;
    const gone = () => place.replaceChildren('No picture any more');
    const src = webAddress(first.url);
    place.append(h('img', { src, alt: '', width, height, loading: 'lazy', decoding: 'async', onerror: gone }));
  } else {
    place.append('No picture');
  }
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'card past-card', href: `#/generation/${encodeURIComponent(generationId)}` },
      place,
      h('b', { dir: 'auto' }, prompt || 'A picture of your own'),
      h('small', {}, `${when(createdAt)} · ${counted(images.length, 'image')}`, badge(isOfBatch)),
    ),
  );
}

/** A job that has no card. */
export function jobRow({ jobId, status, progress, prompt, createdAt, batchId }) {
  const open = ['waiting', 'active', 'delayed'].includes(status);
  return h(
    'li',
    {},
    h(
      'a',
      {
        class: 'card job-row',
        href: `#/job/${encodeURIComponent(jobId)}`,
        'data-status': status,
        'data-job': jobId,
      },
      h('span', { class: 'state' }, status),
      h('b', { dir: 'auto' }, prompt || 'A picture of your own'),
      badge(batchId),
      h('small', { class: 'so-far' }, open ? `${progress}%` : when(createdAt)),
    ),
  );
}

const badge = (isOfBatch) => (isOfBatch ? h('span', { class: 'badge' }, 'Batch') : undefined);

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const when = (time) => (time ? FORMAT.format(new Date(time)) : '');
