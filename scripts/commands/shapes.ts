import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { writeWhole } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';
import { DRAWINGS } from './shapes/drawings.js';
import { PACKAGES, SHAPES } from './shapes/sources.js';

const USAGE = `node scripts/run.mjs shapes FOLDER

Makes data/shapes/shapes.json from the project's own drawings and from the icon packages in FOLDER/node_modules
(@iconify-json/NAME for each name in scripts/commands/shapes/sources.ts): every icon is drawn large, and the outline of what it
covers is traced. Needed only to change the shapes.`;

/** Pixels along the longer side of the drawings that are traced. */
const SIZE = 512;

runScript(async () => {
  const config = { options: { help: { type: 'boolean' } }, allowPositionals: true } as const;
  const { values, positionals } = readArguments(config, USAGE);
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (positionals.length !== 1) throw new Failure(`Name the folder of the icon packages.\n\n${USAGE}`);
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0]);
  const sources = Object.fromEntries(PACKAGES.map((name) => [name, readPackage(folder, name)]));
  const library = join(ROOT, 'lib/dist/images/outline.js');
  if (!existsSync(library)) throw new Failure('The library is not compiled yet: run npm run setup first.');
  const { formatOutline, traceOutline }: typeof import('../../lib/dist/images/outline') = createRequire(
    import.meta.url,
  )(library);

  const traced = (source: string) => {
    const image = new Resvg(svgOf(source, sources), { fitTo: { mode: 'width', value: SIZE } }).render();
    const { width, height, pixels } = image; // each access to pixels copies them
    const coverage = Float32Array.from({ length: width * height }, (_, i) => pixels[4 * i + 3] / 255);
    return formatOutline(traceOutline({ coverage, width, height, where: source }));
  };
  const shapes = Object.entries(SHAPES).flatMap(([category, parts]) =>
    (['training', 'validation'] as const).flatMap((part) =>
      parts[part].map((source) => ({ category, part, source, path: traced(source) })),
    ),
  );
  const licences = Object.fromEntries(
    PACKAGES.map((name) => [
      name,
      { package: `@iconify-json/${name}@${sources[name].version}`, licence: sources[name].licence },
    ]),
  );
  const lines = shapes.map((shape) => `    ${JSON.stringify(shape)}`).join(',\n');
  const text = `{\n  "sources": ${JSON.stringify(licences, null, 2).replaceAll('\n', '\n  ')},\n  "shapes": [\n${lines}\n  ]\n}\n`;
  writeWhole(join(ROOT, 'data/shapes/shapes.json'), text);
  console.log(`${shapes.length} shapes, ${Math.round(text.length / 1024)} KB`);
});

/** A set of icons as @iconify-json has them. */
interface Icons {
  icons: Record<string, { left?: number; top?: number; width?: number; height?: number; body: string }>;
  width?: number;
  height?: number;
}

function readPackage(folder: string, name: string): { icons: Icons; version: string; licence: string } {
  const path = join(folder, 'node_modules/@iconify-json', name);
  if (!existsSync(path))
    throw new Failure(`${folder} lacks the package @iconify-json/${name}: install it there first.`);
  const read = (file: string) => JSON.parse(readFileSync(join(path, file), 'utf8'));
  return { icons: read('icons.json'), version: read('package.json').version, licence: read('info.json').license.spdx };
}

function svgOf(source: string, sources: Record<string, { icons: Icons }>): string {
  const [name, icon] = source.split(':');
  if (name === 'own') {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path fill-rule="evenodd" d="${DRAWINGS[icon]}"/></svg>`;
  }
  const set = sources[name].icons;
  const drawing = set.icons[icon];
  if (!drawing) throw new Failure(`The package @iconify-json/${name} has no icon "${icon}".`);
  const { left = 0, top = 0, width = set.width ?? 16, height = set.height ?? 16, body } = drawing;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
}
