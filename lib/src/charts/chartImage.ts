/** A chart as a PNG: for viewers that cannot draw Vega-Lite (GitHub, HTML exports) and for reviewers of a notebook. */
import { dirname } from 'node:path';
import type { Spec } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { textWidth } from './fonts';
import { type ChartImage, svgImage } from './svgImage';
import { withTheme } from './theme';

/**
 * Draws a Vega-Lite 5 spec in the common look, its times in UTC. The same spec gives the same bytes everywhere, but for
 * letters that DejaVu Sans lacks (see svgImage). Addresses of data are read from the working folder.
 *
 * @throws Error in one sentence when the spec is not valid or its data cannot be read.
 */
export async function chartImage(spec: TopLevelSpec): Promise<ChartImage> {
  const { vega, vegaLite } = renderer();
  const warnings = new Set<string>();
  const errors: string[] = [];
  const logger = vega.logger(vega.Warn);
  logger.warn = (...message) => {
    warnings.add(message.join(' '));
    return logger;
  };
  logger.error = (...message) => {
    errors.push(message.join(' '));
    return logger;
  };
  const drawable = plainNumbers(spec);
  const compiled = explained(() => vegaLite.compile(withTheme(drawable, { picture: true }), { logger }).spec);
  const loaded = await withLoadedData(compiled);
  const view = explained(() => inUtc(() => new vega.View(vega.parse(loaded), { renderer: 'none', logger }).run()));
  // Every text is made by now: what is left does not ask for the time zone.
  const svg = await view.toSVG();
  view.finalize();
  if (errors.length > 0) throw new Error(invalid(errors[0]));
  for (const warning of warnings) console.warn(`Chart: ${warning}`);
  return svgImage(svg);
}

/** Turns what Vega-Lite says of a spec, which may quote all of it, into one sentence. */
function explained<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(invalid((error as Error).message));
  }
}

function invalid(message: string): string {
  const reason = message.replace(/^Invalid specification \{.*\}\. Make/s, 'make').replace(/\s+/g, ' ');
  const short = reason.length > 300 ? `${reason.slice(0, 300)}…` : reason.replace(/\.$/, '');
  return `The chart cannot be drawn, look at its spec and data (Vega-Lite 5): ${short}.`;
}

/** The spec with the data of its addresses in it, so that drawing need not wait for them. */
async function withLoadedData(spec: Spec): Promise<Spec> {
  const { vega } = renderer();
  const load = async (url: string): Promise<string> => {
    try {
      return await vega.loader().load(url);
    } catch (error) {
      throw new Error(`The chart's data ${url} cannot be read: ${(error as Error).message}.`);
    }
  };
  const data = (spec.data ?? []).map(async (source) => {
    if (!('url' in source) || typeof source.url !== 'string') return source;
    const { url, ...rest } = source;
    return { ...rest, values: await load(url) };
  });
  return { ...spec, data: (await Promise.all(data)) as Spec['data'] };
}

/** Does work in which every time is in UTC. It must not wait, since the time zone is the process's. */
function inUtc<Result>(work: () => Result): Result {
  const { TZ } = process.env;
  process.env.TZ = 'UTC';
  try {
    return work();
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
}

interface Renderer {
  vega: typeof import('vega');
  vegaLite: typeof import('vega-lite');
}

let loaded: Renderer | undefined;

/** Loads the packages at the first chart: together they take half a second, and not every notebook draws. */
function renderer(): Renderer {
  if (loaded) return loaded;
  const vega: Renderer['vega'] = require('vega');
  const vegaLite: Renderer['vegaLite'] = require('vega-lite');

  // Without a browser's canvas vega takes every letter for 0.8 em wide, which leaves gaps and wide margins. Its own
  // place for a better measure is this function; the module must be the very one that vega uses.
  const scenegraph = require(require.resolve('vega-scenegraph', { paths: [dirname(require.resolve('vega'))] }));
  scenegraph.textMetrics.width = (item: TextItem, text: unknown): number => {
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
    const width = textWidth(String(text ?? ''), { bold }) * (item.fontSize ?? 11);
    return item.limit && item.limit > 0 ? Math.min(width, item.limit) : width;
  };
  loaded = { vega, vegaLite };
  return loaded;
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
  limit?: number;
}

/**
 * The same value with a number for every BigInt in it: neither Vega nor JSON knows BigInts.
 *
 * @throws Error for a BigInt that no number holds exactly.
 */
export function plainNumbers<Value>(value: Value): Value {
  return hasBigInt(value) ? (converted(value) as Value) : value;
}

function hasBigInt(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return isContainer(value) && Object.values(value).some(hasBigInt);
}

function converted(value: unknown): unknown {
  if (typeof value === 'bigint') {
    if (BigInt(Number(value)) !== value) {
      throw new Error(
        `The chart has the BigInt ${value}, which no number holds exactly: give Number(value), which rounds it, or String(value).`,
      );
    }
    return Number(value);
  }
  if (Array.isArray(value)) return value.map(converted);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, converted(inner)]));
}

/** Arrays and plain objects, as specs and rows are made of. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype.constructor?.name === 'Object';
}
