import type { Declaration, Experiment } from '../runs/experiment';
import { targets } from './additionalTargets';
import { dataEfficiency, trainable, untrained, variants } from './dataEfficiency';
import { imageMasks, shapeBias } from './images/shapeBias';

// biome-ignore lint/suspicious/noExplicitAny: experiments of all rows stand beside each other
export type AnyExperiment = Experiment<any, any, any>;

/** Every experiment, by its name: notebooks, sweeps and the description of the tables read this list. */
export const EXPERIMENTS: Readonly<Record<string, AnyExperiment>> = Object.fromEntries(
  [dataEfficiency, trainable, untrained, variants, targets, imageMasks, shapeBias].map(
    (one): [string, AnyExperiment] => [(one as Declaration).name, one],
  ),
);
