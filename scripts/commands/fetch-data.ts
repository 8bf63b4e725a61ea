import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { readJson } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';
import type { Known } from './fetch/problem.js';

const USAGE = `npm run fetch-data [-- --only PART ...] [--from ADDRESS] [--to FOLDER]

Brings the stimuli and decisions of the texture-versus-shape experiments (Geirhos et al., ICLR 2019) from their GitHub
repository into data/texture-vs-shape (about 140 MB). Every file is checked; files that are there are not fetched again.
A proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

  --only   decisions, silhouettes, edges or cue-conflict (may be repeated; default: all)
  --from   a mirror of the repository's files at the commit in data/texture-vs-shape.json
  --to     another folder`;

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

runScript(async () => {
  const config = {
    options: {
      only: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      help: { type: 'boolean' },
    },
  } as const;
  const { values } = readArguments(config, USAGE);
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const parts = values.only ?? Object.keys(PARTS);
  const unknown = parts.find((part) => !(part in PARTS));
  if (unknown !== undefined) throw new Failure(`There is no part "${unknown}".\n\n${USAGE}`);

  const { repository, commit, files }: Listing = readJson(join(ROOT, 'data/texture-vs-shape.json'));
  const wanted = Object.entries(files).filter(
    ([path]) => path === 'DATASET_LICENSE' || parts.some((part) => path.startsWith(PARTS[part])),
  );
  const from = (values.from ?? `https://raw.githubusercontent.com/${repository}/${commit}`).replace(/\/$/, '');
  const to = resolve(process.env.INIT_CWD ?? process.cwd(), values.to ?? join(ROOT, 'data/texture-vs-shape'));
  if (!existsSync(join(ROOT, 'node_modules/undici'))) {
    throw new Failure('The npm packages are not installed yet: run npm run setup first.');
  }
  const { fetchFiles } = await import('./fetch/fetchFiles.js');
  const fetched = await fetchFiles({
    files: wanted,
    from,
    to,
    onFile: (done, count) => {
      if (count > 0 && (done % 200 === 0 || done === wanted.length)) console.log(`${done} of ${wanted.length} files`);
    },
  });
  console.log(`${wanted.length} files are whole in ${to} (${fetched} fetched now).`);
});
