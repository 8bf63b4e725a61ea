import { launchChromium } from './jupyterLab';

/** What a page asked for from outside, what went wrong in it, and its charts. */
export interface Seen {
  fromOutside: string[];
  errors: string[];
  charts: number;
  drawn: number;
}

/** Opens pages from the disk in a browser that has no network. */
export async function openOffline(paths: string[]): Promise<Seen[]> {
  const browser = await launchChromium();
  try {
    const seen: Seen[] = [];
    for (const path of paths) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const [fromOutside, errors]: string[][] = [[], []];
      await page.route('**/*', (route) => {
        const url = route.request().url();
        if (/^(?:file|data|blob):/.test(url)) return route.continue();
        fromOutside.push(url);
        return route.abort();
      });
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(`file://${path}`);
      const charts = await page.locator('.chart').count();
      const marks = page.locator('.chart svg.marks');
      if (charts > 0) await marks.nth(charts - 1).waitFor({ state: 'attached' });
      seen.push({ fromOutside, errors, charts, drawn: await marks.count() });
      await page.close();
    }
    return seen;
  } finally {
    await browser.close();
  }
}

/** What a page loads from other servers: scripts, styles, pictures and frames, not links to read on. */
export function loadedFromOutside(html: string): string[] {
  const tags = html.match(/<(?:script|link|img|iframe|source|video|audio)\b[^>]*>/g) ?? [];
  return tags.filter((tag) => /\s(?:src|href|srcset)="?(?:https?:)?\/\//.test(tag));
}
