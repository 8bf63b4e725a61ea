/** The experiments, in the order of the story: each is declared once, in a file of its own. */
import type { Declaration, Experiment } from '../runs/experiment';
import { targets } from './additionalTargets';
import { additionCompletion } from './additionCompletion';
import { additionFormats } from './additionFormats';
import { channels } from './channels/channels';
import { inherited, readouts } from './channels/readout';
import { dataEfficiency, trainable, untrained, variants } from './dataEfficiency';
import { digitGeometry } from './digitGeometry';
import { distillation } from './distillation';
import { exactBias } from './exactBias';
import { grokking } from './grokking';
import { guidance } from './guidance';
import { imageMasks, photographs, shapeBias } from './images/shapeBias';
import { isotropicNetworks } from './isotropicNetworks';
import { jacobianKernel } from './jacobianKernel';
import { occam } from './occam';
import { randomNetworks } from './randomNetworks';
import { representedVariance } from './representedVariance';
import { richFeatures } from './richFeatures';
import { shortcutBias } from './shortcutBias';

export * from './additionalTargets';
export * from './additionCompletion';
export * from './additionFormats';
export * from './baseModel';
export * from './channels/channels';
export { CHANNEL_NAMES, CHANNELS, type ChannelName } from './channels/conditions';
export * from './channels/readout';
export { type SubtaskResult, subtaskSettings, subtaskStage } from './channels/subtask';
export * from './dataEfficiency';
export * from './digitGeometry';
export * from './distillation';
export * from './exactBias';
export * from './grokking';
export * from './guidance';
export * from './images/imageBase';
export { type ImageData, imageDataOf, type ShapesShown } from './images/imageData';
export * from './images/imageMask';
export type { ImageMeasures } from './images/imageMeasures';
export type { ImageFolders } from './images/imagenetImages';
export * from './images/imagePresets';
export { type ImagePretraining, type ImagePretrainingResult, imagePretrainingStage } from './images/imagePretraining';
export * from './images/imageSettings';
export type { ImageRunResult } from './images/imageTraining';
export * from './images/imageTransfer';
export { PHOTOGRAPH_CHANGES, type PhotographChange } from './images/photographChanges';
export * from './images/realStimuli';
export * from './images/shapeBias';
export { rowsOfChains, type ShapeBiasRow, shapeBiasSchema } from './images/shapeBiasTable';
export * from './isotropicNetworks';
export * from './jacobianKernel';
export * from './occam';
export * from './randomNetworks';
export * from './representedVariance';
export * from './richFeatures';
export * from './settings';
export * from './shortcutBias';
export * from './subnetworkDiscovery';
export * from './transfer';

// biome-ignore lint/suspicious/noExplicitAny: experiments of all rows stand beside each other
export type AnyExperiment = Experiment<any, any, any>;

/** Every experiment, by its name: notebooks, sweeps and the description of the tables read this list. */
export const EXPERIMENTS: Readonly<Record<string, AnyExperiment>> = Object.fromEntries(
  [
    dataEfficiency,
    trainable,
    untrained,
    variants,
    targets,
    channels,
    readouts,
    inherited,
    grokking,
    shortcutBias,
    representedVariance,
    exactBias,
    digitGeometry,
    randomNetworks,
    distillation,
    richFeatures,
    occam,
    jacobianKernel,
    additionCompletion,
    additionFormats,
    guidance,
    isotropicNetworks,
    imageMasks,
    shapeBias,
    photographs,
  ].map((one): [string, AnyExperiment] => [(one as Declaration).name, one]),
);
