// The arithmetic tasks and the randomness that draws them

export * from './tasks/entropies';
export * from './tasks/expressions';
export * from './tasks/modularArithmetic';
export * from './tasks/random';

// Files that are whole or not there

export * from './tensorflow/hostTensor';
export * from './tensorflow/safetensors';

// Subnetworks: binary masks over weights

export * from './masking/sampling';
export * from './masking/subnetwork';
export * from './masking/subnetworkFile';
