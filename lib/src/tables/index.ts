/** Tidy tables for cells: published results and ours in the same columns. */
export * from './baseModels';
export * from './channels';
export * from './curves';
export * from './easyFeatures';
export { folder } from './folder';
export * from './grokking';
export {
  decisions,
  figure4,
  imageSubnetworks,
  type OfChain,
  publishedDecisions,
  publishedShapeBias,
  realStimuli,
  shapeBias,
} from './images';
