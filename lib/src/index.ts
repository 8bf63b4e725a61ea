/**
 * What a notebook imports: `import { aq, axes, charts, op, show, tables } from 'subtask-induction'`. Tab after the dot of a
 * name lists what it holds.
 */
export * as aq from 'arquero';
export * as charts from './charts';
export * as axes from './charts/axes';
export * as experiments from './experiments';
export * as tables from './experiments/views';
export * as images from './images';
export * as masks from './masking';
export * as models from './models';
export { dataFrame } from './notebook/dataFrame';
export * as presets from './notebook/presets';
export { say, show } from './notebook/show';
export * as watch from './notebook/watch';
export * as runs from './runs';
export * as stats from './stats';
export { op } from './tables/op';
export * as tasks from './tasks';
export * as tensorflow from './tensorflow';
export { tf } from './tensorflow/backend';
export * as training from './training';
