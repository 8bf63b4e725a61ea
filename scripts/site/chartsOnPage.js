// @ts-check
/// <reference lib="dom" />
// Draws the charts of a page, in the colours of its theme, and again when the reader changes that.

const inDark = {
  background: 'transparent',
  title: { color: '#e8e8e8', subtitleColor: '#a8a8a8' },
  style: { 'guide-label': { fill: '#cccccc' }, 'guide-title': { fill: '#cccccc' } },
  axis: { domainColor: '#777777', gridColor: '#555555', tickColor: '#777777' },
  header: { labelColor: '#cccccc', titleColor: '#cccccc' },
  rule: { color: '#bbbbbb' },
  text: { color: '#e8e8e8' },
  view: { stroke: null },
};

/** A mark in black, which is the text's colour, is not seen in the dark. */
const BLACK = /"#222222"/g;

/** @returns {boolean} */
const isDark = () => document.documentElement.dataset.theme === 'dark';

/**
 * @param {Element} chart
 * @returns {Promise<void>}
 */
async function drawChart(chart) {
  const dark = isDark();
  const json = chart.querySelector('script')?.textContent ?? '';
  const spec = JSON.parse(dark ? json.replace(BLACK, '"#e8e8e8"') : json);
  let place = chart.querySelector('.drawn');
  if (!place) {
    place = document.createElement('div');
    place.className = 'drawn';
    chart.append(place);
  }
  const embed = /** @type {any} */ (window).vegaEmbed;
  const actions = { export: true, source: false, compiled: false, editor: false };
  await embed(place, spec, { actions, renderer: 'svg', ...(dark ? { config: inDark } : {}) });
}

function drawAll() {
  for (const chart of Array.from(document.querySelectorAll('.chart'))) drawChart(chart);
}

document.addEventListener('DOMContentLoaded', () => {
  drawAll();
  let dark = isDark();
  new MutationObserver(() => {
    if (isDark() === dark) return;
    dark = isDark();
    drawAll();
  }).observe(document.documentElement, { attributeFilter: ['data-theme'] });
});
