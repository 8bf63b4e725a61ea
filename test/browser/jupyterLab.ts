import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ended, startCommand } from '../support/run';
import { PROJECT } from '../support/temporary';

/** The Chromium of this machine: what CHROMIUM names, or the first on the PATH. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM ?? '', ...candidates].find((path) => path !== '' && existsSync(path));
}

const CHROMIUM_OPTIONS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A headless browser that leaves nothing behind. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: CHROMIUM_OPTIONS,
    // It would leave its crash reports in the home directory.
    env: { ...process.env, HOME: tmpdir() } as Record<string, string>,
  });
}

/** JupyterLab as `npm start` opens it, in a headless browser. */
export class JupyterLab {
  /** A folder at the place of notebooks/, for copies. */
  readonly folder = mkdtempSync(join(PROJECT, 'notebooks.tmp-'));

  /** Where its notebooks keep their runs. */
  private static readonly runs = mkdtempSync(join(tmpdir(), 'browser-runs-'));

  private constructor(
    private readonly stopServer: () => Promise<void>,
    private readonly browser: Browser,
    readonly page: Page,
    /** Where JupyterLab said that it is, with its token. */
    private readonly url: URL,
  ) {}

  static async start(): Promise<JupyterLab> {
    const runs = JupyterLab.runs;
    const env = { ...process.env, PRESET: 'smoke', SUBTASK_RUNS: runs, SUBTASK_WORKSHOP: join(runs, 'workshop') };
    const server = startCommand(['start', '--no-browser'], env);
    const end = ended(server);
    const stopServer = async () => {
      server.kill('SIGINT');
      await end;
    };
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      server.stderr?.on('data', (text) => {
        printed += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\/lab\S*token=\w+/.exec(printed);
        if (found) resolve(found[0]);
      });
      end.then(({ stderr }) => reject(new Error(`npm start ended: ${stderr}`)));
    });
    try {
      const browser = await launchChromium();
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      return new JupyterLab(stopServer, browser, page, new URL(url));
    } catch (error) {
      await stopServer();
      throw error;
    }
  }

  async stop() {
    await this.browser.close();
    await this.stopServer();
    for (const folder of [this.folder, JupyterLab.runs]) rmSync(folder, { recursive: true, force: true });
  }

  /** Opens a notebook of the folder in a fresh workspace and waits until its kernel is ready. */
  async open(file: string) {
    const url = new URL(this.url);
    url.pathname = `/lab/workspaces/auto-${file.replace(/\W/g, '')}/tree/${basename(this.folder)}/${file}`;
    url.searchParams.set('reset', '');
    await this.page.goto(url.href);
    await this.page.locator('.jp-Notebook .jp-Cell').first().waitFor();
    await this.untilIdle();
  }

  /** Chooses a command of a menu in the bar; gives the time just before. */
  async menu(name: string, command: string): Promise<number> {
    await this.page.locator('.lm-MenuBar-item', { hasText: name }).first().click();
    const item = this.page.locator(`.lm-Menu-item[data-command="${command}"]`).first();
    await item.waitFor();
    const chosen = Date.now();
    await item.click();
    return chosen;
  }

  /** What the status bar says of the kernel, such as "TypeScript | Busy", every 20 ms until `stop` is called. */
  watchStatus(): { stop: () => Promise<string[]> } {
    const seen: string[] = [];
    let watching = true;
    const bar = this.page.locator('#jp-main-statusbar');
    const ended = (async () => {
      while (watching) {
        const [status] = /TypeScript \| (Idle|Busy|Unknown|Starting|Restarting|Dead)/.exec(
          (await bar.textContent()) ?? '',
        ) ?? ['nothing'];
        seen.push(status);
        await this.page.waitForTimeout(20);
      }
    })();
    const stop = async () => {
      watching = false;
      await ended;
      return seen;
    };
    return { stop };
  }

  /** Waits until the kernel is connected and has nothing to do. */
  async untilIdle(timeout = 60_000) {
    await this.page.locator('#jp-main-statusbar', { hasText: 'TypeScript | Idle' }).waitFor({ timeout });
  }

  /** Waits until the cell that is executed as number `count` has ended; it must be near what is seen, as the last cell is. */
  async untilExecuted(count: number, timeout: number) {
    await this.page
      .locator('.jp-Notebook .jp-InputPrompt', { hasText: `[${count}]:` })
      .waitFor({ timeout, state: 'attached' });
  }

  async save() {
    await this.menu('File', 'docmanager:save');
    await this.page.locator('.jp-mod-current:not(.jp-mod-dirty)').first().waitFor({ state: 'attached' });
  }

  /** Scrolls down the notebook, which holds only what is seen, until the page shows a match. */
  async scrollTo(selector: string) {
    const wanted = this.page.locator(selector).first();
    const notebook = this.page.locator('.jp-WindowedPanel-outer').first();
    await notebook.evaluate((element) => element.scrollTo(0, 0));
    for (let step = 0; step < 200 && !(await wanted.isVisible()); step++) {
      await notebook.evaluate((element) => element.scrollBy(0, 300));
      await this.page.waitForTimeout(100);
    }
    await wanted.scrollIntoViewIfNeeded();
    return wanted;
  }
}
