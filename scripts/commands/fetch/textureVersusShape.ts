import { join, resolve } from 'node:path';
import { Failure } from '../../lib/failure.mjs';
import { readJson } from '../../lib/files.mjs';
import { ROOT } from '../../lib/project.mjs';
import { fetchFiles } from './fetchFiles.js';
import type { Known } from './problem.js';

const PARTS: Record<string, string> = {
  decisions: 'raw-data/',
  silhouettes: 'stimuli/filled-silhouettes/',
  edges: 'stimuli/edges/',
  'cue-conflict': 'stimuli/style-transfer-preprocessed-512/',
};

/** data/texture-vs-shape.json */
interface Listing {
  repository: string;
  commit: string;
  files: Record<string, Known>;
}

/** `npm run fetch-data` */
export async function fetchTextureVersusShape(values: { only?: string[]; from?: string; to?: string }, usage: string) {
  const parts = values.only ?? Object.keys(PARTS);
  const unknown = parts.find((part) => !(part in PARTS));
  if (unknown !== undefined) throw new Failure(`There is no part "${unknown}".\n\n${usage}`);

  const { repository, commit, files }: Listing = readJson(join(ROOT, 'data/texture-vs-shape.json'));
  const wanted = Object.entries(files).filter(
    ([path]) => path === 'DATASET_LICENSE' || parts.some((part) => path.startsWith(PARTS[part])),
  );
  const from = (values.from ?? `https://raw.githubusercontent.com/${repository}/${commit}`).replace(/\/$/, '');
  const to = resolve(process.env.INIT_CWD ?? process.cwd(), values.to ?? join(ROOT, 'data/texture-vs-shape'));
  const fetched = await fetchFiles({
    files: wanted,
    from,
    to,
    onFile: (done, count) => {
      if (count > 0 && (done % 200 === 0 || done === wanted.length)) console.log(`${done} of ${wanted.length} files`);
    },
  });
  console.log(`${wanted.length} files are whole in ${to} (${fetched} fetched now).`);
}
