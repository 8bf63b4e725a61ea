// @ts-check
import { join } from 'node:path';
import { ROOT } from '../lib/project.mjs';

const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/** What draws the charts in a browser, from npm: nothing is fetched from elsewhere. */
export const CHART_SCRIPTS = ['vega', 'vega-lite', 'vega-embed'].map((name) =>
  join(ROOT, 'node_modules', name, 'build', `${name}.min.js`),
);

/**
 * The Vega-Lite spec of an output, undefined where it is no chart.
 *
 * @param {any} output
 */
export const chartOf = (output) => output.data?.[VEGA_LITE];

/**
 * A chart as a part of a page: its spec, which chartsOnPage.js draws, and the picture for browsers without JavaScript.
 *
 * @param {any} output of a notebook's cell
 * @param {string} [picture] address of the picture
 */
export function chartHtml(output, picture) {
  const spec = chartOf(output);
  const { width, height } = output.metadata?.['image/png'] ?? {};
  const title = escaped(titleOf(spec));
  const size = width ? ` width="${Math.round(width)}" height="${Math.round(height)}"` : '';
  // The place is kept until the chart is drawn, so that links into the page lead where they should.
  const place = height ? ` style="min-height:${Math.round(height)}px"` : '';
  const img = picture ? `<noscript><img src="${picture}" alt="${title}"${size}></noscript>` : '';
  // Nothing in a spec may end the script.
  const json = JSON.stringify(spec).replaceAll('<', '\\u003c');
  return `<div class="chart" role="figure" aria-label="${title}"${place}><script type="application/json">${json}</script>${img}</div>`;
}

/** @param {any} spec */
function titleOf({ title }) {
  const text = typeof title === 'object' && title !== null ? title.text : title;
  return [text ?? 'Chart'].flat().join(' ');
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
