import * as vega from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { compile } from 'vega-lite';
import { withTheme } from '../../lib/dist/charts/theme';

export interface DrawnItem {
  mark: string;
  datum: Record<string, unknown>;
  x: number;
  y: number;
  stroke?: string;
  fill?: string;
  strokeDash?: number[];
  text?: string;
}

export interface Drawn {
  items: DrawnItem[];
  /** Every text in the picture, axes and legends included. */
  texts: string[];
  warnings: string[];
}

/** What vega's scene is made of: marks that hold items, and items that may be groups of marks. */
interface SceneNode extends Omit<DrawnItem, 'mark'> {
  marktype?: string;
  role?: string;
  items?: SceneNode[];
}

/** Draws a chart without a screen and lists what is on it. */
export async function draw(spec: TopLevelSpec): Promise<Drawn> {
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn);
  logger.warn = (...message) => {
    warnings.push(message.join(' '));
    return logger;
  };
  logger.error = logger.warn;
  const view = new vega.View(vega.parse(compile(withTheme(spec), { logger }).spec), { renderer: 'none', logger });
  await view.runAsync();
  const items: DrawnItem[] = [];
  const texts: string[] = [];
  const visit = (node: SceneNode): void => {
    for (const item of node.items ?? []) {
      // Vega has a list of lines where a text breaks.
      if (node.marktype === 'text' && item.text) texts.push([item.text].flat().join('\n'));
      if (node.role === 'mark' && node.marktype && node.marktype !== 'group')
        items.push({ ...item, mark: node.marktype });
      visit(item);
    }
  };
  visit((view.scenegraph() as unknown as { root: SceneNode }).root);
  view.finalize();
  return { items, texts, warnings };
}
