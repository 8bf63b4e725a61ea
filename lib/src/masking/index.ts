export * from './continuousSparsification';
export * from './parts';
export * from './sampling';
export * from './subnetwork';
export * from './subnetworkFile';
export * from './transfer';
