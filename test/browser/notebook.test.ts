import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { writeNotebook } from '../support/notebook';
import { PROJECT } from '../support/temporary';
import { findChromium, JupyterLab } from './jupyterLab';

const chromium = findChromium();
if (!chromium) console.log('No Chromium was found (CHROMIUM=/path names one): the browser tests are skipped.');

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
}

interface Cell {
  cell_type: string;
  source: string | string[];
  execution_count: number | null;
  outputs: Output[];
}

/** With the smoke preset it is through in seconds. */
const NOTEBOOK = '02-subnetwork-discovery.ipynb';

/** Leaves a picture of the page where a test fails. */
function pictureOnFailure(lab: JupyterLab, name: string) {
  onTestFailed(async () => {
    const path = join(PROJECT, `test/tmp/${name}.png`);
    await lab.page.screenshot({ path });
    console.log(`The page is shown in ${path}`);
  });
}

describe.skipIf(!chromium)('JupyterLab in a browser', () => {
  let lab: JupyterLab;
  beforeAll(async () => {
    lab = await JupyterLab.start();
    lab.page.setDefaultTimeout(60_000);
  });
  afterAll(() => lab?.stop());

  it('runs all cells of a notebook, and shows its chart and the finished progress bar', async () => {
    pictureOnFailure(lab, 'all-cells');
    copyFileSync(join(PROJECT, 'notebooks', NOTEBOOK), join(lab.folder, NOTEBOOK));
    await lab.open(NOTEBOOK);
    await lab.menu('Kernel', 'kernelmenu:restart-and-clear');
    await lab.page.locator('.jp-Dialog .jp-mod-accept').click();
    await lab.untilIdle();
    const codeCells = () => {
      const { cells }: { cells: Cell[] } = JSON.parse(readFileSync(join(lab.folder, NOTEBOOK), 'utf8'));
      return cells.filter((cell) => cell.cell_type === 'code' && cell.source.length > 0);
    };
    await lab.menu('Run', 'runmenu:run-all');
    const status = lab.watchStatus();
    await lab.untilExecuted(codeCells().length, 600_000);
    const watched = await status.stop();
    const seen = watched.slice(watched.indexOf('TypeScript | Busy'), watched.lastIndexOf('TypeScript | Busy') + 1);
    // Between two cells Jupyter's protocol has an "idle", which "busy" follows in the same moment: too short to be seen.
    const idle = seen.filter((text) => text !== 'TypeScript | Busy').length / seen.length;
    expect(seen.length).toBeGreaterThan(100);
    expect(idle).toBeLessThan(0.02);

    await lab.save();
    const code = codeCells();
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    const outputs = code.flatMap((cell) => cell.outputs);
    expect(outputs.filter((output) => output.output_type === 'error' || output.name === 'stderr')).toEqual([]);
    const charts = outputs.filter((output) => output.data?.['application/vnd.vegalite.v5+json']);
    expect(charts.length).toBeGreaterThan(0);
    for (const { data } of charts) expect(data).toHaveProperty(['image/png']);

    const chart = await lab.scrollTo('.jp-OutputArea .vega-embed :is(svg, canvas)');
    const box = await chart.boundingBox();
    expect(box?.width).toBeGreaterThan(100);
    expect(box?.height).toBeGreaterThan(50);
    const bar = await lab.scrollTo('.jp-OutputArea-output:has-text("finished")');
    expect(await bar.textContent()).toMatch(/finished [\d,]+ \w+ in \d/);
  }, 780_000);

  it('interrupts a running training within a second, keeps what was trained, and the kernel lives on', async () => {
    pictureOnFailure(lab, 'interrupt');
    writeNotebook(join(lab.folder, 'long.ipynb'), [
      `import { experiments, runs, watch } from 'subtask-induction';
const store = new runs.RunStore({ folder: ${JSON.stringify(join(lab.folder, 'runs'))} });
const settings = experiments.chainSettings({ preset: 'paper' }).base;`,
      `const bar = watch.progress({ label: 'training', total: 200_000 });
const base = await experiments.trainBaseModel(settings, { store: store, observer: { onStep: ({ step }) => bar.update(step) } });
bar.finish();`,
      "console.log('stored:', base.id, 'kept:', Object.keys(base.parameters).length, 'tensors');",
    ]);
    await lab.open('long.ipynb');
    await lab.page.locator('.jp-CodeCell .cm-content').first().click();
    await lab.page.keyboard.press('Shift+Enter');
    await lab.page.keyboard.press('Shift+Enter');
    await lab.page.locator('.jp-OutputArea-output', { hasText: /[1-9]\d* of 200,000 steps/ }).waitFor();
    await lab.page.waitForTimeout(1000);

    const chosen = await lab.menu('Kernel', 'kernelmenu:interrupt');
    await lab.page.locator('.jp-OutputArea-output', { hasText: /ended at [\d,]+ of 200,000 steps/ }).waitFor();
    expect(Date.now() - chosen).toBeLessThan(1000);

    await lab.untilIdle();
    await lab.page.keyboard.press('Shift+Enter');
    const kept = lab.page.locator('.jp-OutputArea-output', { hasText: 'stored:' });
    await kept.waitFor();
    expect((await kept.textContent())?.trim()).toMatch(/^stored: undefined kept: [1-9]\d* tensors$/);
  });

  it('lets a participant answer wrongly, take a hint, and answer rightly', async () => {
    pictureOnFailure(lab, 'exercise');
    copyFileSync(join(PROJECT, 'notebooks/workshop/exercises/W3-the-mask.ipynb'), join(lab.folder, 'W3.ipynb'));
    await lab.open('W3.ipynb');
    const { page } = lab;
    const cell = (text: string) => page.locator('.jp-CodeCell', { hasText: text }).first();
    const write = async (text: string, code: string) => {
      await cell(text).locator('.cm-content').click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(code);
      await page.keyboard.press('ControlOrMeta+Enter');
    };
    const soft = (body: string) => `function mySoft(scores: tf.Tensor, temperature: number): tf.Tensor {\n  ${body}\n}`;
    const check = "await check('W3.1', mySoft);";

    await cell('subtask-induction-workshop').locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await write('function mySoft', soft('return scores.sigmoid();'));
    await write(check, check);
    await page.locator('.check.not-yet', { hasText: 'What should the temperature change?' }).waitFor();
    await write(check, "hint('W3.1')");
    await page.locator('.jp-OutputArea-output', { hasText: 'Hint 1 of 3' }).waitFor();
    await write('function mySoft', soft('return scores.mul(temperature).sigmoid();'));
    await write("hint('W3.1')", check);
    await page.locator('.check.passed', { hasText: 'The soft mask: passed' }).waitFor();
    await page.screenshot({ path: join(PROJECT, 'test/tmp/exercise-passed.png') });
  });
});
