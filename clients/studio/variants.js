/** The variants of a generation side by side: which of them the images are cut from. */

import { h, say } from './dom.js';
import { mannerOf, targetOf } from './cuts.js';

/** Return the masters to choose from: several of one shape were painted from one prompt. */
export function variantsOf({ masters = [] }) {
  const [first] = masters;
  const alike = masters.filter((one) => one.width === first.width && one.height === first.height);
  return alike.length > 1 ? alike.map((one, at) => one.number || at + 1) : [];
}

/** Return the row of variants; it loads them itself, for they are their owner's alone. */
export function variantsRow(bench, numbers) {
  const offer = 'Choose the one that all images are cut from. It costs nothing.';
  const told = h('p', { class: 'hint', role: 'status' }, offer);
  const cards = numbers.map((number) => {
    const button = h('button', {
      type: 'button', class: 'variant', 'aria-label': `Variant ${number}`, onclick: () => choose(number),
    });
    bench.master(number).then(
      ({ url, width, height }) => button.append(h('img', { src: url, alt: '', width, height })),
      () => say(button, `Variant ${number} cannot be loaded.`),
    );
    return [number, button];
  });
  const mark = () => {
    for (const [number, button] of cards) {
      const used = bench.generation.images.every((one) => one.master === number);
      button.setAttribute('aria-pressed', used);
    }
  };
  async function choose(master) {
    say(told, 'Cutting …');
    try {
      const renditions = bench.generation.images.map((one) => ({
        ...targetOf(one, bench.platforms), ...mannerOf(one),
      }));
      await bench.cut({ master, renditions });
      say(told, `All images show variant ${master} now. It cost nothing.`);
    } catch (error) {
      say(told, error.message);
    }
    mark();
  }
  mark();
  const row = h('div', { class: 'variant-row' }, ...cards.map(([, button]) => button));
  return h('section', { class: 'variants', 'aria-label': 'Variants' }, h('h3', {}, 'Variants'), row, told);
}
