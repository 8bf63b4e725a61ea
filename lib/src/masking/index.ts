export * from './continuousSparsification';
export { type MaskFunctions, named } from './own';
export * from './parts';
export * from './subnetwork';
export * from './subnetworkFile';
export * from './transfer';
