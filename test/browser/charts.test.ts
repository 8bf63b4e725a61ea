/** Sliders and clicks of charts, in a browser: what they should change is drawn otherwise afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { charts } from '../../lib/dist';
import { withTheme } from '../../lib/dist/charts/theme';
import { CHART_SCRIPTS } from '../../scripts/site/charts.mjs';
import { readCells } from '../support/executedNotebook';
import { PROJECT } from '../support/temporary';
import { findChromium, launchChromium } from './jupyterLab';

type Spec = Parameters<typeof withTheme>[0];
const SOLUTIONS = join(PROJECT, 'notebooks/workshop/solutions');
const withSliders = readdirSync(SOLUTIONS)
  .flatMap((file) => readCells(join(SOLUTIONS, file)).flatMap(({ outputs }) => outputs ?? []))
  .map(({ data }) => data?.['application/vnd.vegalite.v5+json'] as Spec | undefined)
  .filter((spec): spec is Spec => JSON.stringify(spec ?? {}).includes('"input":"range"'));

describe.skipIf(!findChromium())('in a browser', () => {
  let [browser, page]: [Browser?, Page?] = [];
  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    await page.setContent('<div id="chart"></div>');
    for (const path of CHART_SCRIPTS) await page.addScriptTag({ content: readFileSync(path, 'utf8') });
  });
  afterAll(() => browser?.close());

  /** Draws a chart, does something with it, and says whether it has another look then. */
  async function changes(spec: Spec, act: (page: Page) => Promise<void>): Promise<boolean> {
    const shown = page as Page;
    await shown.evaluate((spec) => {
      const { vegaEmbed } = globalThis as unknown as { vegaEmbed(place: string, ...rest: object[]): Promise<object> };
      return vegaEmbed('#chart', spec, { renderer: 'svg', actions: false }).then(() => undefined);
    }, spec);
    const marks = () => shown.locator('#chart svg.marks').evaluate((svg) => svg.outerHTML);
    const before = await marks();
    await act(shown);
    await shown.mouse.move(990, 790);
    await shown.waitForTimeout(100);
    return (await marks()) !== before;
  }

  it('every slider of the workshop moves what it should', async () => {
    expect(withSliders.length).toBeGreaterThan(3);
    for (const spec of withSliders) {
      const moved = changes(spec, async (page) => {
        const slider = page.locator('input[type=range]');
        const { x, y, width, height } = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        await page.mouse.click(x + 0.85 * width, y + height / 2);
      });
      expect(await moved, JSON.stringify(spec.title)).toBe(true);
    }
  });

  it('a click on a cell picks out a line, and one on the legend too', async () => {
    const rows = ['layer 0', 'layer 1'].flatMap((layer) =>
      ['head 0', 'head 1'].flatMap((head, i) => [1, 2, 3].map((t) => ({ layer, head, t, share: i / 2 + t / 6 }))),
    );
    const chart = charts.stacked(
      [
        charts.cells(rows.slice(0, 6), { title: '', x: 'head', y: 'layer', value: 'share', click: 'one' }),
        charts.lines(rows, { title: '', x: 't', y: 'share', color: 'head', facet: 'layer', clicked: 'one' }),
      ],
      { title: 'Heads' },
    );
    const faded = async (page: Page) => page.locator('.mark-line path[opacity="0.15"]').count();
    const cell = await changes(withTheme(chart), async (page) => {
      expect(await faded(page)).toBe(0);
      await page.locator('.mark-rect path[cursor=pointer], .mark-rect path').last().click({ force: true });
    });
    expect([cell, await faded(page as Page)]).toEqual([true, 3]);
    const legend = await changes(withTheme(chart), (page) =>
      page.locator('.role-legend-symbol path').first().click({ force: true }),
    );
    expect([legend, await faded(page as Page)]).toEqual([true, 2]);
  });
});
