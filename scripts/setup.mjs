// @ts-check
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm run setup [-- --gpu | --cpu]

Makes whatever the notebooks need inside this folder: npm packages, JupyterLab, TensorFlow's library, the native addon,
the compiled library and the Jupyter kernel. --gpu takes the CUDA build of TensorFlow, --cpu goes back.`;

runScript(async () => {
  const { values } = readArguments(
    { options: { gpu: { type: 'boolean' }, cpu: { type: 'boolean' }, help: { type: 'boolean' } } },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.gpu && values.cpu) throw new Failure('Give either --gpu or --cpu, not both.');
  await setUp({ variant: values.gpu ? 'gpu' : values.cpu ? 'cpu' : undefined, verbose: true });
  console.log('Everything is set up: npm start opens JupyterLab.');
});
