import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../lib/arguments.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { ROOT } from '../lib/project.mjs';

const USAGE = `npm run fetch-data [-- --only PART ...] [--from ADDRESS] [--to FOLDER]

Brings the stimuli and decisions of the texture-versus-shape experiments (Geirhos et al., ICLR 2019) from their GitHub
repository into data/texture-vs-shape (about 140 MB). Every file is checked; files that are there are not fetched again.
A proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

  --only   decisions, silhouettes, edges or cue-conflict (may be repeated; default: all)
  --from   a mirror of the repository's files at the commit in data/texture-vs-shape.json
  --to     another folder

npm run fetch-data -- tiny-imagenet [--from ADDRESS, ZIP or FOLDER] [--to FOLDER]

Brings Tiny ImageNet (Stanford CS231n; ImageNet's terms apply) into data/tiny-imagenet-200: an archive of 248 MB, which is
deleted when its 110,000 pictures are unpacked and checked. Interrupted, it goes on when the command is run again.

  --from   a mirror's address of tiny-imagenet-200.zip, or the zip file or the unpacked folder that you have
  --to     another folder, which will hold train/ and val/

Where the environment variable TINY_IMAGENET names a folder that you have, it is checked where it lies and nothing is
copied; a zip file that it names is unpacked into data/tiny-imagenet-200.`;

runScript(async () => {
  const config = {
    options: {
      only: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      list: { type: 'string' },
      listing: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  } as const;
  const { values, positionals } = readArguments(config, USAGE);
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [name, ...others] = positionals;
  const { only, from, to, list, listing } = values;
  if (others.length > 0 || (name !== undefined && name !== 'tiny-imagenet')) {
    throw new Failure(`There is no data set "${positionals.join(' ')}".\n\n${USAGE}`);
  }
  const misplaced = name ? only && '--only' : list ? '--list' : listing && '--listing';
  if (misplaced) throw new Failure(`${misplaced} does not go with this data set.\n\n${USAGE}`);
  if (!existsSync(join(ROOT, 'node_modules/undici'))) {
    throw new Failure('The npm packages are not installed yet: run npm run setup first.');
  }
  if (name === undefined) {
    const { fetchTextureVersusShape } = await import('./fetch/textureVersusShape.js');
    await fetchTextureVersusShape({ only, from, to }, USAGE);
  } else {
    const { fetchTinyImagenet } = await import('./fetch/tinyImagenet/command.js');
    await fetchTinyImagenet({ from, to, list, listing });
  }
});
